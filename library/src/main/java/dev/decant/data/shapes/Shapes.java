package dev.decant.data.shapes;

import dev.decant.DataException;
import dev.decant.data.Seeds;
import dev.decant.data.image.ImageDataset;
import dev.decant.image.Image;
import dev.decant.spec.ShapesLabels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * The generated world: images of colored, textured shapes among clutter and noise, each made when asked for from
 * (seed, split, index) alone. Needs no files, and is the same on every machine.
 *
 * <p>Classes take turns by index, so every split is balanced. {@link #scene} gives what an image shows.
 */
public final class Shapes implements ImageDataset {

    private static final List<SceneShape> SHAPES = List.of(SceneShape.values());
    private static final List<SceneColor> COLORS = List.of(SceneColor.values());
    private static final SceneTexture[] PATTERNS = {SceneTexture.STRIPES, SceneTexture.DOTS, SceneTexture.CHECKS};

    private final ShapesOptions options;
    private final String split;
    private final int stream;
    private final SceneGenerator generator;
    private final List<String> classes;

    private Shapes(ShapesOptions options, String split, int stream) {
        this.options = options;
        this.split = split;
        this.stream = stream;
        this.generator = new SceneGenerator(options.difficulty());
        this.classes = classesOf(options.labels());
    }

    /** One split: {@code train}, {@code test} or {@code val}; no image is in two of them. */
    public static Shapes of(ShapesOptions options, String split) {
        int stream = List.of("train", "test", "val").indexOf(split);
        if (stream < 0) {
            throw new DataException("shapes: no split '" + split + "'; expected train, test or val");
        }
        return new Shapes(options, split, stream);
    }

    private static List<String> classesOf(ShapesLabels labels) {
        List<String> shapes =
                Arrays.stream(SceneShape.values()).map(SceneShape::word).toList();
        return switch (labels) {
            case SHAPE -> shapes;
            case SHAPE_TEXTURE -> {
                List<String> names = new ArrayList<>();
                shapes.forEach(s -> names.addAll(List.of("solid " + s, "patterned " + s)));
                yield List.copyOf(names);
            }
            case COLOR ->
                Arrays.stream(SceneColor.values()).map(SceneColor::word).toList();
        };
    }

    /** What an image shows. */
    public Scene scene(int index) {
        SplittableRandom random = Seeds.random(options.seed(), stream, Objects.checkIndex(index, size()));
        SceneShape shape = SceneGenerator.any(SceneShape.values(), random);
        SceneTexture texture = SceneGenerator.any(SceneTexture.values(), random);
        SceneColor color = SceneGenerator.any(SceneColor.values(), random);
        int label = label(index);
        return switch (options.labels()) {
            case SHAPE -> generator.draw(SHAPES.get(label), texture, color, random);
            case SHAPE_TEXTURE -> {
                SceneTexture pattern = SceneGenerator.any(PATTERNS, random);
                yield generator.draw(
                        SHAPES.get(label / 2), label % 2 == 0 ? SceneTexture.SOLID : pattern, color, random);
            }
            case COLOR -> generator.draw(shape, texture, COLORS.get(label), random);
        };
    }

    @Override
    public int size() {
        return stream == 0 ? options.trainSize() : options.testSize();
    }

    @Override
    public Image image(int index) {
        return SceneRenderer.render(scene(index), options.imageSize());
    }

    @Override
    public int label(int index) {
        return index % classes.size();
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public String name(int index) {
        return "shapes-" + split + "[" + index + "]";
    }
}
