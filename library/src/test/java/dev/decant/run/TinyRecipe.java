package dev.decant.run;

import dev.decant.recipe.Recipe;
import dev.decant.recipe.RecipeReader;
import dev.decant.report.Summary;
import dev.decant.stage.RunListener;
import java.nio.file.Path;
import java.util.List;

/** A recipe that runs in a second: every kind of stage, a teacher that is trained first, two seeds. */
final class TinyRecipe {

    static final String YAML =
            """
            name: tiny
            data: {type: shapes, size: 16, train: 64, test: 32, difficulty: 0, labels: color, augment: [flip], workers: 1}
            teacher:
              model: resnet20_cifar
              config: {img_size: 16, blocks: 1, channels: [8, 16, 16]}
              train: {epochs: 2, batch-size: 32, log-every: 1}
            student:
              model: vit_small_patch16_224
              config: {img_size: 16, patch_size: 4, embed_dim: 16, depth: 4, num_heads: 2, drop_path_rate: 0.1}
            stages:
              - distill:
                  epochs: 2
                  batch-size: 32
                  log-every: 1
                  optimizer: {type: adamw, lr: 1e-3}
                  terms:
                    - {type: cross-entropy}
                    - {type: ofa, eps: auto}
              - evaluate: {}
              - analyze: {kind: cka, batch-size: 16, batches: 2}
              - export: {}
            require: {accuracy: ">= 0", size-ratio: "<= 100"}
            seeds: [1, 2]
            precision: fp32
            """;

    private TinyRecipe() {}

    static Recipe read(String... sets) {
        return RecipeReader.readText("tiny.yaml", YAML, List.of(sets));
    }

    static Summary run(Path out, boolean resume, String... sets) {
        return Runner.run(read(sets), YAML, out, resume, RunListener.SILENT);
    }
}
