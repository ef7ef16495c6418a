package dev.decant.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {

    private static final RunKey STUDENT = new RunKey("distill", "student", 3);

    @TempDir
    private Path folder;

    @Test
    void scalarsReadBackWithTheirSteps() throws Exception {
        try (TensorBoardWriter writer = TensorBoardWriter.open(folder)) {
            writer.append(LogEntry.step(STUDENT, 300, 1.5, Map.of("lr", 0.05), Map.of("ofa", 1.25)), 1000.5);
            writer.append(LogEntry.evaluation(STUDENT, 400, 2, Map.of("accuracy", Double.NaN)), 1001);
        }
        assertThat(events("distill/student-seed3"))
                .containsExactly(
                        "0 version brain.Event:2",
                        "300 [train/lr=0.05, loss/ofa=1.25] at 1000.5",
                        "400 [eval/accuracy=NaN] at 1001.0");
    }

    @Test
    void aResumedTrainingStartsANewFileThatSaysWhereItContinues() throws Exception {
        for (int start : new int[] {0, 1}) {
            try (TensorBoardWriter writer = TensorBoardWriter.open(folder)) {
                if (start == 1) {
                    writer.rewind(STUDENT, 5);
                }
                writer.append(LogEntry.evaluation(STUDENT, 6 + start, 2, Map.of("accuracy", 1.0)), 7);
            }
        }
        assertThat(events("distill/student-seed3"))
                .containsExactly(
                        "0 version brain.Event:2",
                        "6 [eval/accuracy=1.0] at 7.0",
                        "0 version brain.Event:2",
                        "6 session start",
                        "7 [eval/accuracy=1.0] at 7.0");
    }

    @Test
    void namesCannotLeaveTheFolder() throws Exception {
        try (TensorBoardWriter writer = TensorBoardWriter.open(folder.resolve("tensorboard"))) {
            writer.append(LogEntry.evaluation(new RunKey("../../up", "a/b", 1), 1, 1, Map.of("accuracy", 1.0)));
        }
        assertThat(folder.resolve("tensorboard/.._.._up/a_b-seed1")).isDirectory();
    }

    @Test
    void theChecksumIsTheOneOfTfRecord() {
        // The first record of an event file, 24 bytes long, begins 18 00 00 00 00 00 00 00 a3 7f 4b 22.
        byte[] length = {24, 0, 0, 0, 0, 0, 0, 0};
        CRC32C crc = new CRC32C();
        crc.update("123456789".getBytes(StandardCharsets.US_ASCII));
        assertThat(crc.getValue()).isEqualTo(0xE3069283L);
        assertThat(EventProto.maskedCrc(length, 0, 8)).isEqualTo(0x224b7fa3);
    }

    private List<String> events(String run) throws Exception {
        List<String> events = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve(run))) {
            for (Path file : files.sorted().toList()) {
                ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
                while (in.hasRemaining()) {
                    events.add(event(record(in)));
                }
            }
        }
        return events;
    }

    private static ByteBuffer record(ByteBuffer in) {
        int start = in.position();
        long length = in.getLong();
        assertThat(in.getInt()).isEqualTo(EventProto.maskedCrc(in.array(), start, 8));
        byte[] data = new byte[(int) length];
        in.get(data);
        assertThat(in.getInt()).isEqualTo(EventProto.maskedCrc(data, 0, data.length));
        return ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** A reader of its own for the protobuf wire format: tag and type, then a value per type. */
    private static String event(ByteBuffer in) {
        double wallTime = 0;
        long step = -1;
        String content = "";
        while (in.hasRemaining()) {
            switch ((int) varint(in)) {
                case 9 -> wallTime = in.getDouble();
                case 16 -> step = varint(in);
                case 26 -> content = " version " + StandardCharsets.UTF_8.decode(bytes(in));
                case 42 -> content = " " + summary(bytes(in)) + " at " + wallTime;
                case 58 -> content = bytes(in).equals(ByteBuffer.wrap(new byte[] {8, 1})) ? " session start" : "?";
                default -> throw new AssertionError("unknown field");
            }
        }
        return step + content;
    }

    private static List<String> summary(ByteBuffer in) {
        List<String> values = new ArrayList<>();
        while (in.hasRemaining()) {
            assertThat(varint(in)).isEqualTo(10);
            ByteBuffer value = bytes(in);
            assertThat(varint(value)).isEqualTo(10);
            String tag = StandardCharsets.UTF_8.decode(bytes(value)).toString();
            assertThat(varint(value)).isEqualTo(21);
            values.add(tag + "=" + value.getFloat());
        }
        return values;
    }

    private static ByteBuffer bytes(ByteBuffer in) {
        int length = (int) varint(in);
        ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + length);
        return part;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }
}
