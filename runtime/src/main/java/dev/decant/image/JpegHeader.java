package dev.decant.image;

/**
 * What the decoder does not tell of a JPEG: how many components it stores and how Adobe's marker says they are meant.
 *
 * @param components 1, 3 or 4; 0 when the bytes are not a JPEG
 * @param adobeTransform 0 plain, 1 YCbCr, 2 YCCK; -1 without the marker
 */
record JpegHeader(int components, int adobeTransform) {

    private static final JpegHeader NONE = new JpegHeader(0, -1);

    static JpegHeader of(byte[] bytes) {
        if (bytes.length < 4 || (bytes[0] & 0xff) != 0xff || (bytes[1] & 0xff) != 0xd8) {
            return NONE;
        }
        int transform = -1;
        int at = 2;
        while (at + 9 < bytes.length && (bytes[at] & 0xff) == 0xff) {
            int marker = bytes[at + 1] & 0xff;
            if (marker == 0xff) {
                at++; // fill byte
                continue;
            }
            int length = (bytes[at + 2] & 0xff) << 8 | (bytes[at + 3] & 0xff);
            if (marker == 0xee && length >= 14 && at + 15 < bytes.length && startsWithAdobe(bytes, at + 4)) {
                transform = bytes[at + 15] & 0xff;
            } else if (isFrame(marker)) {
                return new JpegHeader(bytes[at + 9] & 0xff, transform);
            }
            at += 2 + length;
        }
        return NONE;
    }

    private static boolean isFrame(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    private static boolean startsWithAdobe(byte[] bytes, int at) {
        return bytes[at] == 'A' && bytes[at + 1] == 'd' && bytes[at + 2] == 'o' && bytes[at + 3] == 'b';
    }
}
