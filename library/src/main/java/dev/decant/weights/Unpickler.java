package dev.decant.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads Python pickles (protocols 2 to 5) as data. It calls nothing and builds no object by name: every global, call
 * and
 * persistent id is handed to {@link TorchObjects}, which knows a fixed list and refuses the rest.
 *
 * <p>Opcodes: CPython's {@code Lib/pickletools.py}. The text opcodes of protocols 0 and 1, which PyTorch never writes,
 * are refused.
 */
final class Unpickler {

    private static final int DEEPEST = 1 << 20;
    private static final int HIGHEST_PROTOCOL = 5;

    private final Path file;
    private final ByteBuffer in;
    private final TorchObjects objects;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Integer, Object> memo = new HashMap<>();

    /** Reads from the position of {@code in}, which is left behind the pickle. */
    Unpickler(Path file, ByteBuffer in, TorchObjects objects) {
        this.file = file;
        this.in = in.order(ByteOrder.LITTLE_ENDIAN);
        this.objects = objects;
    }

    Object load() {
        try {
            for (int op = u8(); op != '.'; op = u8()) {
                step(op);
            }
            return pop();
        } catch (BufferUnderflowException e) {
            throw new WeightsException(file + ": truncated or corrupt: ends within its pickle", e);
        }
    }

    private void step(int op) {
        switch (op) {
            case 0x80 -> protocol(u8()); // PROTO
            case 0x95 -> in.getLong(); // FRAME
            case '(' -> marks.add(stack.size()); // MARK
            case '0' -> pop(); // POP
            case '1' -> popMark(); // POP_MARK
            case '2' -> push(top()); // DUP
            case 'q' -> memo.put(u8(), top()); // BINPUT
            case 'r' -> memo.put(in.getInt(), top()); // LONG_BINPUT
            case 0x94 -> memo.put(memo.size(), top()); // MEMOIZE
            case 'h' -> push(recall(u8())); // BINGET
            case 'j' -> push(recall(in.getInt())); // LONG_BINGET
            case 'a' -> append(List.of(pop())); // APPEND
            case 'e' -> append(popMark()); // APPENDS
            case 's' -> setItems(popLast(2)); // SETITEM
            case 'u' -> setItems(popMark()); // SETITEMS
            case 0x90 -> addItems(popMark()); // ADDITEMS
            case 'c' -> push(objects.global(line(), line())); // GLOBAL
            case 0x93 -> stackGlobal(popLast(2)); // STACK_GLOBAL
            case 'R', 0x81 -> call(popLast(2)); // REDUCE, NEWOBJ
            case 'b' -> pop(); // BUILD: attributes of an object; weights have none
            case 'Q' -> push(objects.persistent(pop())); // BINPERSID
            default -> literal(op);
        }
    }

    private void literal(int op) {
        switch (op) {
            case 'N' -> push(Pickled.None.NONE); // NONE
            case 0x88 -> push(true); // NEWTRUE
            case 0x89 -> push(false); // NEWFALSE
            case 'J' -> push((long) in.getInt()); // BININT
            case 'K' -> push((long) u8()); // BININT1
            case 'M' -> push((long) (in.getShort() & 0xffff)); // BININT2
            case 0x8a -> push(integer(bytes(u8()))); // LONG1
            case 0x8b -> push(integer(bytes(in.getInt()))); // LONG4
            case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong()))); // BINFLOAT, big-endian
            case 'X' -> push(text(in.getInt())); // BINUNICODE
            case 0x8c -> push(text(u8())); // SHORT_BINUNICODE
            case 0x8d -> push(text(in.getLong())); // BINUNICODE8
            case 'U' -> push(latin(bytes(u8()))); // SHORT_BINSTRING
            case 'T' -> push(latin(bytes(in.getInt()))); // BINSTRING
            case 'C' -> push(bytes(u8())); // SHORT_BINBYTES
            case 'B' -> push(bytes(in.getInt())); // BINBYTES
            case 0x8e, 0x96 -> push(bytes(in.getLong())); // BINBYTES8, BYTEARRAY8
            case ']' -> push(new ArrayList<>()); // EMPTY_LIST
            case '}' -> push(new LinkedHashMap<>()); // EMPTY_DICT
            case 0x8f -> push(new Pickled.Opaque()); // EMPTY_SET
            case 0x91 -> { // FROZENSET
                popMark();
                push(new Pickled.Opaque());
            }
            case ')' -> push(new Pickled.Tuple(List.of())); // EMPTY_TUPLE
            case 't' -> push(new Pickled.Tuple(popMark())); // TUPLE
            case 0x85 -> push(new Pickled.Tuple(popLast(1))); // TUPLE1
            case 0x86 -> push(new Pickled.Tuple(popLast(2))); // TUPLE2
            case 0x87 -> push(new Pickled.Tuple(popLast(3))); // TUPLE3
            default -> throw corrupt(String.format("unsupported pickle opcode 0x%02x", op));
        }
    }

    private void protocol(int version) {
        if (version > HIGHEST_PROTOCOL) {
            throw corrupt("pickle protocol " + version);
        }
    }

    private void stackGlobal(List<Object> names) {
        if (!(names.get(0) instanceof String module) || !(names.get(1) instanceof String name)) {
            throw corrupt("a global without a name");
        }
        push(objects.global(module, name));
    }

    private void call(List<Object> callableAndArguments) {
        if (!(callableAndArguments.get(0) instanceof Pickled.Global callable)
                || !(callableAndArguments.get(1) instanceof Pickled.Tuple arguments)) {
            throw corrupt("a call of something that is no function");
        }
        push(objects.call(callable, arguments.items()));
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> items) {
        if (top() instanceof List<?> list) {
            ((List<Object>) list).addAll(items);
        } else if (!(top() instanceof Pickled.Opaque)) {
            throw corrupt("items for something that is no list");
        }
    }

    private void addItems(List<Object> items) {
        if (!(top() instanceof Pickled.Opaque)) {
            throw corrupt(items.size() + " items for something that is no set");
        }
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> keysAndValues) {
        if (keysAndValues.size() % 2 != 0) {
            throw corrupt("a dict key without a value");
        }
        if (top() instanceof Map<?, ?> map) {
            for (int i = 0; i < keysAndValues.size(); i += 2) {
                ((Map<Object, Object>) map).put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
            }
        } else if (!(top() instanceof Pickled.Opaque)) {
            throw corrupt("entries for something that is no dict");
        }
    }

    /** Lists and dicts cannot be keys, in Python as here: their hash would walk whatever was nested into them. */
    private Object key(Object key) {
        if (key instanceof List<?> || key instanceof Map<?, ?>) {
            throw corrupt("a dict key that is a list or a dict");
        }
        return key;
    }

    private void push(Object value) {
        if (stack.size() >= DEEPEST) {
            throw corrupt("a pickle stack of more than " + DEEPEST + " items");
        }
        stack.add(value);
    }

    private Object top() {
        requireItems(1);
        return stack.get(stack.size() - 1);
    }

    private Object pop() {
        requireItems(1);
        return stack.remove(stack.size() - 1);
    }

    private List<Object> popLast(int n) {
        requireItems(n);
        return popFrom(stack.size() - n);
    }

    private List<Object> popMark() {
        if (marks.isEmpty()) {
            throw corrupt("a pickle mark is missing");
        }
        return popFrom(marks.remove(marks.size() - 1));
    }

    private List<Object> popFrom(int start) {
        List<Object> tail = stack.subList(start, stack.size());
        List<Object> copy = new ArrayList<>(tail);
        tail.clear();
        return copy;
    }

    private void requireItems(int n) {
        int bottom = marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
        if (stack.size() - bottom < n) {
            throw corrupt("the pickle stack runs empty");
        }
    }

    private Object recall(int index) {
        Object value = memo.get(index);
        if (value == null) {
            throw corrupt("pickle memo " + index + " is empty");
        }
        return value;
    }

    private int u8() {
        return in.get() & 0xff;
    }

    private byte[] bytes(long length) {
        if (length < 0 || length > in.remaining()) {
            throw corrupt(
                    "a pickle string of " + Long.toUnsignedString(length) + " bytes, " + in.remaining() + " are left");
        }
        byte[] bytes = new byte[(int) length];
        in.get(bytes);
        return bytes;
    }

    private String text(long length) {
        try {
            CharBuffer decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes(length)));
            return decoded.toString();
        } catch (CharacterCodingException e) {
            throw new WeightsException(file + ": truncated or corrupt: a string that is not UTF-8", e);
        }
    }

    private String line() {
        int start = in.position();
        int length = 0;
        while (in.get() != '\n') {
            length++;
        }
        byte[] bytes = new byte[length];
        in.get(start, bytes);
        return latin(bytes);
    }

    private static String latin(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Little-endian two's complement, a {@link Long} where it fits. */
    private static Object integer(byte[] littleEndian) {
        if (littleEndian.length == 0) {
            return 0L;
        }
        byte[] bigEndian = new byte[littleEndian.length];
        for (int i = 0; i < bigEndian.length; i++) {
            bigEndian[i] = littleEndian[bigEndian.length - 1 - i];
        }
        BigInteger value = new BigInteger(bigEndian);
        return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
    }

    private WeightsException corrupt(String what) {
        return WeightsException.in(file, "truncated or corrupt: " + what);
    }
}
