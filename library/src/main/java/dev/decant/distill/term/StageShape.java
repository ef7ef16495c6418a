package dev.decant.distill.term;

/** What a stage of a network gives for one image. */
public sealed interface StageShape {

    /** Pixels or tokens along one side of the square. */
    long side();

    /** Channels of a pixel or width of a token. */
    long width();

    /** A feature map (width, side, side) of a CNN. */
    record Image(long width, long side) implements StageShape {
        @Override
        public String toString() {
            return width + "x" + side + "x" + side;
        }
    }

    /**
     * A grid of tokens (prefix + side², width).
     *
     * @param prefix class tokens in front of the grid
     */
    record Tokens(long width, long side, int prefix) implements StageShape {
        @Override
        public String toString() {
            return "(" + (prefix > 0 ? prefix + " + " : "") + side * side + ", " + width + ")";
        }
    }
}
