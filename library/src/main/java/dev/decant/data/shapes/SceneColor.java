package dev.decant.data.shapes;

import java.util.Locale;

/** The colors that objects of a {@link Scene} are named by; what is drawn is a shade near them. */
enum SceneColor {
    RED(214, 39, 40),
    GREEN(44, 150, 44),
    BLUE(40, 80, 200),
    YELLOW(235, 215, 40),
    PURPLE(135, 60, 170),
    ORANGE(245, 135, 25),
    CYAN(35, 190, 205),
    WHITE(240, 240, 240);

    private final double red;
    private final double green;
    private final double blue;

    SceneColor(double red, double green, double blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    Rgb rgb() {
        return new Rgb(red, green, blue);
    }

    /** The word for it in labels and sentences. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Red, green and blue, 0 to 255, not rounded. */
    public record Rgb(double red, double green, double blue) {

        /** The color a share of the way to another. */
        Rgb towards(Rgb other, double share) {
            return new Rgb(
                    red + share * (other.red - red),
                    green + share * (other.green - green),
                    blue + share * (other.blue - blue));
        }
    }
}
