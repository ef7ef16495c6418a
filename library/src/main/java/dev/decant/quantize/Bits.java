package dev.decant.quantize;

/** Small whole numbers in bytes, without gaps: the first in the lowest bits of the first byte. */
final class Bits {

    private Bits() {}

    /** Bits for a code in a file: 1, 2, 4 or 8, so that none straddles two bytes. */
    static int stored(int bits) {
        return bits <= 2 ? bits : bits <= 4 ? 4 : 8;
    }

    static long bytes(long count, int bits) {
        return (count * bits + 7) / 8;
    }

    /** @param codes from 0 to 2^bits - 1 */
    static byte[] pack(int[] codes, int bits) {
        byte[] packed = new byte[Math.toIntExact(bytes(codes.length, bits))];
        int inByte = 8 / bits;
        for (int i = 0; i < codes.length; i++) {
            packed[i / inByte] |= (byte) (codes[i] << (i % inByte * bits));
        }
        return packed;
    }

    static int[] unpack(byte[] packed, int count, int bits) {
        int[] codes = new int[count];
        int inByte = 8 / bits;
        int all = (1 << bits) - 1;
        for (int i = 0; i < count; i++) {
            codes[i] = packed[i / inByte] >> (i % inByte * bits) & all;
        }
        return codes;
    }
}
