package dev.decant.data.imagetext;

/** Which patches of an image a box touches. */
final class RegionPatches {

    private RegionPatches() {}

    /**
     * Marks the class token and the patches: columns floor(x / P), at most G - 1, to ceil((x + w) / P), at most G, one at
     * least; rows likewise.
     *
     * @param box in pixels of an image of G patches of P pixels a side
     * @param out gets 1 + G G numbers, 1 where it is marked
     * @param at where they begin
     */
    static void mark(Rect box, int patch, int grid, long[] out, int at) {
        int left = first(box.x(), patch, grid);
        int right = end(box.right(), left, patch, grid);
        int top = first(box.y(), patch, grid);
        int bottom = end(box.bottom(), top, patch, grid);
        out[at] = 1;
        for (int row = top; row < bottom; row++) {
            for (int column = left; column < right; column++) {
                out[at + 1 + grid * row + column] = 1;
            }
        }
    }

    private static int first(double from, int patch, int grid) {
        return Math.min((int) Math.floor(from / patch), grid - 1);
    }

    private static int end(double to, int first, int patch, int grid) {
        return Math.max(first + 1, Math.min((int) Math.ceil(to / patch), grid));
    }
}
