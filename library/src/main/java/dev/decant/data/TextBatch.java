package dev.decant.data;

/**
 * Texts of one step in arrays that are ready to become tensors, N rows of S tokens.
 *
 * @param rows N
 * @param length S
 * @param ids (N, S), padded
 * @param types (N, S), 0 or 1; 0 where padded
 * @param mask (N, S), 1 for a token, 0 where padded
 * @param indices (N): which examples of the data set these are
 */
public record TextBatch(
        int rows, int length, long[] ids, long[] types, long[] mask, TextTargets targets, int[] indices) {}
