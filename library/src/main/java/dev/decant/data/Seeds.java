package dev.decant.data;

import java.util.SplittableRandom;

/**
 * Random generators by address: the same seed and path give the same generator on every machine and thread, and
 * different paths give unrelated ones.
 */
public final class Seeds {

    private Seeds() {}

    /** A generator for one place, such as (epoch, position). */
    public static SplittableRandom random(long seed, long... path) {
        long state = mix(seed);
        for (long step : path) {
            state = mix(state ^ mix(step + 0x9e3779b97f4a7c15L));
        }
        return new SplittableRandom(state);
    }

    /** The numbers 0 to n - 1 in an order that depends on nothing but the seed and the epoch. */
    public static int[] permutation(int n, long seed, long epoch) {
        return permutation(n, random(seed, epoch, -1));
    }

    /** The numbers 0 to n - 1 in random order. */
    public static int[] permutation(int n, SplittableRandom random) {
        int[] order = new int[n];
        for (int i = 0; i < n; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        return order;
    }

    /** Stafford's mix 13 of the SplitMix64 family. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
