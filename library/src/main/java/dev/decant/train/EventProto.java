package dev.decant.train;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The few messages of TensorFlow's {@code event.proto} and {@code summary.proto} that scalars need, encoded by hand:
 *
 * <pre>
 * Event      { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
 * Summary    { repeated Value value = 1; }   Value { string tag = 1; float simple_value = 2; }
 * SessionLog { SessionStatus status = 1; }   START = 1
 * </pre>
 */
final class EventProto {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private EventProto() {}

    static byte[] versionEvent(double wallTime) {
        return event(wallTime, 0, 3, "brain.Event:2".getBytes(StandardCharsets.UTF_8));
    }

    static byte[] summaryEvent(double wallTime, long step, byte[] summary) {
        return event(wallTime, step, 5, summary);
    }

    static byte[] startEvent(double wallTime, long step) {
        return event(wallTime, step, 7, new byte[] {1 << 3 | VARINT, 1});
    }

    /** Adds one {@code Value} to a {@code Summary} under construction. */
    static void scalar(ByteArrayOutputStream summary, String tag, double value) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        bytes(message, 1, tag.getBytes(StandardCharsets.UTF_8));
        varint(message, 2 << 3 | FIXED32);
        message.writeBytes(little(4).putFloat((float) value).array());
        bytes(summary, 1, message.toByteArray());
    }

    /** CRC-32C, rotated and offset as TFRecord wants it. */
    static int maskedCrc(byte[] data, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(data, offset, length);
        return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    }

    private static byte[] event(double wallTime, long step, int field, byte[] content) {
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        varint(event, 1 << 3 | FIXED64);
        event.writeBytes(little(8).putDouble(wallTime).array());
        varint(event, 2 << 3 | VARINT);
        varint(event, step);
        bytes(event, field, content);
        return event.toByteArray();
    }

    private static void bytes(ByteArrayOutputStream out, int field, byte[] content) {
        varint(out, (long) field << 3 | BYTES);
        varint(out, content.length);
        out.writeBytes(content);
    }

    private static void varint(ByteArrayOutputStream out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
