package dev.decant.distill.term;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExitBranchTest {

    /** Counts of the authors' code with timm's models at 224 pixels, per stage. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    resnet18  |  768 |  100 | 411748 397924 345700 470884
                    resnet18  |  768 | 1000 | 1103848 1090024 1037800 1162984
                    resnet18  |  384 |  100 | 320100 306276 254052 313956
                    resnet18  |  192 | 1000 | 781800 767976 715752 775656
                    mobilenet | 1280 |  100 | 275044 221796 264676 1767780
                    mobilenet |  768 | 1000 | 1427944 1374696 1417576 2920680
                    deit_tiny |  768 |  100 | 1501156 1056868 612580 612580
                    deit_tiny |  768 | 1000 | 1674856 1230568 786280 786280
                    swin_pico |  512 |  100 | 6618340 4326244 2108260 1811812
                    swin_nano |  768 | 1000 | 12202472 8130536 4190184 3663848
                    resmlp    | 2048 |  100 | 5951332 4178020 2404708 2404708
                    resmlp    |  768 | 1000 | 6297832 4524520 2751208 2751208
                    resnet50  |  768 | 1000 | 6220776 6018024 5219304 6245352
                    """)
    void countsAreTheAuthors(String student, long teacherWidth, long classes, String perStage) {
        List<Long> counts = new ArrayList<>();
        for (int stage = 1; stage <= 4; stage++) {
            try (Scope scope = Scope.open()) {
                counts.add(branch(shapes(student), stage, teacherWidth, classes).parameterCount());
            }
        }
        assertThat(counts)
                .isEqualTo(Arrays.stream(perStage.split(" ")).map(Long::valueOf).toList());
    }

    @Test
    void everyBranchGivesLogits() {
        for (StageFeatures student : List.of(
                images(16, 4, 32, 32, 16, 8),
                images(8, 8, 8, 4, 2, 1),
                swin(8, 8, 4, 2, 1),
                swin(8, 14, 7, 4, 2),
                isotropic(16, 8, 1),
                isotropic(16, 3, 0),
                isotropic(6, 1, 2))) {
            for (int stage = 1; stage <= 4; stage++) {
                try (Scope scope = Scope.open()) {
                    Tensor logits = branch(student, stage, 12, 5).forward(sample(student.stage(stage)));
                    assertThat(logits.shape()).as(student + " stage " + stage).containsExactly(2, 5);
                    assertThat(logits.isFinite()).isTrue();
                }
            }
        }
    }

    @Test
    void smallImagesShrinkNoFurtherThanStage4() {
        try (Scope scope = Scope.open()) {
            ExitBranch branch = branch(images(4, 4, 32, 32, 16, 8), 1, 4, 5);
            assertThat(branch.parameters().keySet()).contains("blocks.2.pointwise2.weight", "head.bias");
            assertThat(images(4, 4, 32, 32, 16, 8).finalSide()).isEqualTo(8);
            assertThat(isotropic(16, 14, 1).finalSide()).isEqualTo(7);
        }
    }

    @Test
    void classTokenOfAnotherWidthIsAnError() {
        StageShape.Tokens narrow = new StageShape.Tokens(8, 4, 1);
        StageFeatures student = new StageFeatures(List.of(narrow, narrow, narrow, narrow), 16);
        assertThatThrownBy(() -> branch(student, 1, 16, 5)).hasMessageContaining("class token");
        assertThatThrownBy(() -> student.stage(5)).hasMessage("no stage 5; stages are 1, 2, 3 and 4");
    }

    private static ExitBranch branch(StageFeatures student, int stage, long teacherWidth, long classes) {
        return ExitBranch.of(student, stage, new FeatureWidths(student.featureWidth(), teacherWidth), classes);
    }

    private static StageFeatures shapes(String student) {
        return switch (student) {
            case "resnet18" -> images(512, 64, 56, 28, 14, 7);
            case "resnet50" -> images(2048, 256, 56, 28, 14, 7);
            case "mobilenet" ->
                new StageFeatures(
                        List.of(
                                new StageShape.Image(24, 56),
                                new StageShape.Image(32, 28),
                                new StageShape.Image(96, 14),
                                new StageShape.Image(1280, 7)),
                        1280);
            case "deit_tiny" -> isotropic(192, 14, 1);
            case "resmlp" -> isotropic(384, 14, 0);
            case "swin_pico" -> swin(48, 56, 28, 14, 7);
            case "swin_nano" -> swin(64, 56, 28, 14, 7);
            default -> throw new IllegalArgumentException(student);
        };
    }

    /** Channels double from stage to stage. */
    static StageFeatures images(long featureWidth, long channels, long... sides) {
        List<StageShape> stages = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stages.add(new StageShape.Image(channels << i, sides[i]));
        }
        return new StageFeatures(stages, featureWidth);
    }

    static StageFeatures swin(long width, long... sides) {
        List<StageShape> stages = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            stages.add(new StageShape.Tokens(width << i, sides[i], 0));
        }
        return new StageFeatures(stages, width << 3);
    }

    static StageFeatures isotropic(long width, long side, int prefix) {
        StageShape stage = new StageShape.Tokens(width, side, prefix);
        return new StageFeatures(List.of(stage, stage, stage, stage), width);
    }

    static Tensor sample(StageShape shape) {
        return shape instanceof StageShape.Tokens t
                ? Tensor.randn(2, t.prefix() + t.side() * t.side(), t.width())
                : Tensor.randn(2, shape.width(), shape.side(), shape.side());
    }
}
