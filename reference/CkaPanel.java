import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;

/**
 * Draws several CKA maps into one image, three per row, each with its mean similarity; docs/results/cka.png is its output. Also prints, for
 * each map, the mean of all similarities and the mean of the row maxima (a layer of the first model and its best partner).
 *
 * <p>Run: {@code java reference/CkaPanel.java OUT.png TITLE=MAP.json ...} on maps that {@code decant analyze cka} wrote.
 */
final class CkaPanel {

    private static final int SIDE = 220;
    private static final int GAP = 36;
    private static final int[] COLORS = {0xf4f6f8, 0xb5d0e0, 0x6fa8c9, 0x2b6a94, 0x0b3a5b};

    public static void main(String[] args) throws Exception {
        int rows = (args.length + 1) / 3;
        BufferedImage image =
                new BufferedImage(3 * (SIDE + GAP) + GAP, rows * (SIDE + GAP) + GAP, BufferedImage.TYPE_INT_RGB);
        Graphics2D g = image.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 13));
        for (int i = 1; i < args.length; i++) {
            String[] named = args[i].split("=", 2);
            int x = GAP + (i - 1) % 3 * (SIDE + GAP);
            int y = GAP + (i - 1) / 3 * (SIDE + GAP);
            draw(g, named[0], values(Files.readString(Path.of(named[1]))), x, y);
        }
        ImageIO.write(image, "png", Path.of(args[0]).toFile());
    }

    /** Rows from the bottom up, as the single maps have them. */
    private static void draw(Graphics2D g, String title, double[][] values, int x, int y) {
        int height = values.length;
        int width = values[0].length;
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                int left = j * SIDE / width;
                int top = (height - 1 - i) * SIDE / height;
                g.setColor(color(values[i][j]));
                g.fillRect(x + left, y + top, (j + 1) * SIDE / width - left, (height - i) * SIDE / height - top);
            }
        }
        double mean = Arrays.stream(values).flatMapToDouble(Arrays::stream).average().orElseThrow();
        g.setColor(Color.DARK_GRAY);
        g.drawString(String.format(Locale.ROOT, "%s: %.2f", title, mean), x, y - 8);
        double best = Arrays.stream(values)
                .mapToDouble(row -> Arrays.stream(row).max().orElseThrow())
                .average()
                .orElseThrow();
        System.out.printf(Locale.ROOT, "%s: mean %.3f, of each row's greatest %.3f%n", title, mean, best);
    }

    private static Color color(double value) {
        double at = Math.min(1, Math.max(0, value)) * (COLORS.length - 1);
        int low = Math.min((int) at, COLORS.length - 2);
        Color a = new Color(COLORS[low]);
        Color b = new Color(COLORS[low + 1]);
        double t = at - low;
        return new Color(
                (int) Math.round(a.getRed() + t * (b.getRed() - a.getRed())),
                (int) Math.round(a.getGreen() + t * (b.getGreen() - a.getGreen())),
                (int) Math.round(a.getBlue() + t * (b.getBlue() - a.getBlue())));
    }

    private static double[][] values(String json) {
        String matrix = json.substring(json.indexOf("\"values\""));
        Matcher rows = Pattern.compile("\\[([^\\[\\]]+)]").matcher(matrix);
        return rows.results()
                .map(row -> Arrays.stream(row.group(1).split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }
}
