package dev.decant.image;

/** A color for what comes in from outside an image; each value from 0 to 255. */
public record Fill(int red, int green, int blue) {

    public int[] rgb() {
        return new int[] {red, green, blue};
    }
}
