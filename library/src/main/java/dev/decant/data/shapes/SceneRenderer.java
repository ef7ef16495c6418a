package dev.decant.data.shapes;

import dev.decant.data.shapes.SceneColor.Rgb;
import dev.decant.image.Image;
import java.util.SplittableRandom;

/**
 * Draws a {@link Scene} as a square image. Coverage is counted on a grid of samples within each pixel by the shapes' own
 * formulas, in arithmetic that Java defines to the bit: the same scene gives the same bytes on every machine and JDK.
 * (Java2D's rasterizer would not: it has changed between JDKs.)
 */
final class SceneRenderer {

    private final int side;
    private final int grid;
    private final float[] canvas;

    private SceneRenderer(int side) {
        this.side = side;
        this.grid = side <= 64 ? 4 : 3;
        this.canvas = new float[3 * side * side];
    }

    static Image render(Scene scene, int side) {
        SceneRenderer renderer = new SceneRenderer(side);
        renderer.fill(scene.backdrop());
        scene.objects().forEach(renderer::draw);
        scene.clutter().forEach(renderer::draw);
        return renderer.noisy(scene.noise(), scene.noiseSeed());
    }

    private void fill(Scene.Backdrop backdrop) {
        for (int x = 0; x < side; x++) {
            Rgb color = backdrop.left().towards(backdrop.right(), (x + 0.5) / side);
            for (int y = 0; y < side; y++) {
                int at = 3 * (y * side + x);
                canvas[at] = (float) color.red();
                canvas[at + 1] = (float) color.green();
                canvas[at + 2] = (float) color.blue();
            }
        }
    }

    /** Where a point of the picture lies in an object's own coordinates: two linear functions of its offset. */
    private record Frame(double ux, double uy, double vx, double vy) {

        static Frame of(SceneObject.Place place) {
            double cos = StrictMath.cos(place.angle()) / place.radius();
            double sin = StrictMath.sin(place.angle()) / place.radius();
            return new Frame(cos, sin, -sin / place.squash(), cos / place.squash());
        }
    }

    private void draw(SceneObject object) {
        SceneObject.Place place = object.place();
        Frame frame = Frame.of(place);
        int left = clamp(place.x() - place.radius());
        int right = clamp(place.x() + place.radius());
        int top = clamp(place.y() - place.radius());
        int bottom = clamp(place.y() + place.radius());
        Rgb second = secondTone(object.tone());
        for (int y = top; y <= bottom; y++) {
            for (int x = left; x <= right; x++) {
                drawPixel(object, frame, second, x, y);
            }
        }
    }

    private void drawPixel(SceneObject object, Frame frame, Rgb second, int x, int y) {
        int colored = 0;
        int toned = 0;
        double step = 1.0 / (grid * side);
        double firstX = (double) x / side + step / 2 - object.place().x();
        double firstY = (double) y / side + step / 2 - object.place().y();
        for (int j = 0; j < grid; j++) {
            double dy = firstY + j * step;
            for (int i = 0; i < grid; i++) {
                double dx = firstX + i * step;
                double u = frame.ux() * dx + frame.uy() * dy;
                double v = frame.vx() * dx + frame.vy() * dy;
                if (object.shape().contains(u, v)) {
                    if (object.texture().isColored(u, v)) {
                        colored++;
                    } else {
                        toned++;
                    }
                }
            }
        }
        if (colored + toned > 0) {
            Rgb mean = object.tone().towards(second, (double) toned / (colored + toned));
            blend(x, y, mean, colored + toned);
        }
    }

    private static Rgb secondTone(Rgb tone) {
        double luma = 0.299 * tone.red() + 0.587 * tone.green() + 0.114 * tone.blue();
        return tone.towards(luma > 140 ? new Rgb(20, 20, 20) : new Rgb(245, 245, 245), 0.7);
    }

    /** Covers a pixel by a number of its samples. */
    private void blend(int x, int y, Rgb color, double samples) {
        int at = 3 * (y * side + x);
        float share = (float) (samples / (grid * grid));
        canvas[at] += share * ((float) color.red() - canvas[at]);
        canvas[at + 1] += share * ((float) color.green() - canvas[at + 1]);
        canvas[at + 2] += share * ((float) color.blue() - canvas[at + 2]);
    }

    /** A line with round ends; its edge is one pixel soft. */
    private void draw(Scene.Stroke stroke) {
        double dx = stroke.x1() - stroke.x0();
        double dy = stroke.y1() - stroke.y0();
        double square = Math.max(1e-9, dx * dx + dy * dy);
        double half = stroke.width() / 2;
        double reach = half + 1.0 / side;
        for (int y = clamp(Math.min(stroke.y0(), stroke.y1()) - reach);
                y <= clamp(Math.max(stroke.y0(), stroke.y1()) + reach);
                y++) {
            for (int x = clamp(Math.min(stroke.x0(), stroke.x1()) - reach);
                    x <= clamp(Math.max(stroke.x0(), stroke.x1()) + reach);
                    x++) {
                double px = (x + 0.5) / side - stroke.x0();
                double py = (y + 0.5) / side - stroke.y0();
                double along = Math.max(0, Math.min(1, (px * dx + py * dy) / square));
                double offX = px - along * dx;
                double offY = py - along * dy;
                double share = (half - Math.sqrt(offX * offX + offY * offY)) * side + 0.5;
                if (share > 0) {
                    blend(x, y, stroke.color(), Math.min(1, share) * grid * grid);
                }
            }
        }
    }

    private int clamp(double at) {
        return (int) Math.max(0, Math.min(side - 1, Math.floor(at * side)));
    }

    /** Adds noise that is nearly normal, the sum of four bytes (standard deviation 147.8), and rounds. */
    private Image noisy(double deviation, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] rgb = new byte[canvas.length];
        float scale = (float) (deviation / 147.8);
        long bits = 0;
        for (int i = 0; i < rgb.length; i++) {
            bits = (i & 1) == 0 ? random.nextLong() : bits >>> 32;
            long sum = (bits & 0xff) + (bits >>> 8 & 0xff) + (bits >>> 16 & 0xff) + (bits >>> 24 & 0xff);
            float value = canvas[i] + scale * (sum - 510);
            rgb[i] = (byte) (int) Math.max(0f, Math.min(255f, value + 0.5f));
        }
        return new Image(side, side, rgb);
    }
}
