package dev.decant.model;

/** Bounds of the rates that token networks take, checked under the names the user typed. */
final class Rates {

    private Rates() {}

    static void mlpRatio(double ratio) {
        if (!(ratio > 0)) {
            throw new IllegalArgumentException("mlp_ratio: expected a number above 0, got " + ratio);
        }
    }

    static void dropPathRate(double rate) {
        if (!(rate >= 0 && rate < 1)) {
            throw new IllegalArgumentException("drop_path_rate: expected a number from 0 to below 1, got " + rate);
        }
    }
}
