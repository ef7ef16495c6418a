package dev.decant.cli;

import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StudySpec;
import dev.decant.study.AttentionStage;
import dev.decant.study.CkaStage;
import dev.decant.study.HessianStage;
import dev.decant.study.ImportanceStage;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant analyze}. */
@Command(name = "analyze", description = "Studies trained models.")
final class AnalyzeCommand {

    @Command(name = "cka", description = "Similarity of every layer of A with every layer of B, as JSON and PNG.")
    int cka(
            @Parameters(paramLabel = "A", description = "A catalogue name or a model folder.") String a,
            @Parameters(paramLabel = "B", description = "Another, or the same.") String b,
            @Option(names = "--data", required = true, paramLabel = "YAML", description = "As a recipe's data.")
                    String data,
            @Option(names = "--weights-a", paramLabel = "FILE") @Nullable String weightsA,
            @Option(names = "--weights-b", paramLabel = "FILE") @Nullable String weightsB,
            @Option(
                            names = {"--batch-size", "--batch"},
                            defaultValue = "128",
                            description = "Images in a batch: ${DEFAULT-VALUE}.")
                    int batch,
            @Option(names = "--batches", defaultValue = "8", description = "Batches averaged: ${DEFAULT-VALUE}.")
                    int batches,
            @Option(names = "--out", defaultValue = "cka", paramLabel = "BASE", description = "BASE.json, BASE.png.")
                    Path out) {
        StudySpec.Cka study = new StudySpec.Cka(Optional.empty(), List.of(), List.of(), batch, batches);
        CkaStage.compare(model(a, weightsA), model(b, weightsB), RecipeReader.readData(data), study, out);
        System.out.println(out + ".json");
        System.out.println(out + ".png");
        return 0;
    }

    @Command(
            name = "attention",
            description =
                    "How far students' attention is from their teacher's: order of keys, SA-GEN and SA-PROP, ranges.")
    int attention(
            @Parameters(paramLabel = "TEACHER", description = "A model folder.") String teacher,
            @Parameters(paramLabel = "STUDENT", arity = "1..*", description = "Model folders.") List<String> students,
            @Option(names = "--data", required = true, paramLabel = "YAML", description = "As a recipe's data.")
                    String data,
            @Option(
                            names = "--examples",
                            defaultValue = "64",
                            description = "Examples of the test split: ${DEFAULT-VALUE}.")
                    int examples,
            @Option(
                            names = "--top-k",
                            defaultValue = "5",
                            description = "Keys that the cover length looks for: ${DEFAULT-VALUE}.")
                    int topK,
            @Option(
                            names = "--out",
                            defaultValue = "attention",
                            paramLabel = "BASE",
                            description = "BASE.json, BASE-*.png.")
                    Path out) {
        StudySpec.Attention study = new StudySpec.Attention(Optional.empty(), examples, topK);
        AttentionStage.compare(teacher, students, RecipeReader.readData(data), study, out)
                .forEach(System.out::println);
        return 0;
    }

    @Command(name = "hessian", description = "Curvature of the loss: largest eigenvalues, trace and density.")
    int hessian(
            @Parameters(paramLabel = "MODEL", arity = "1..*", description = "Model folders.") List<String> models,
            @Option(names = "--data", required = true, paramLabel = "YAML", description = "As a recipe's data.")
                    String data,
            @Option(
                            names = "--examples",
                            defaultValue = "64",
                            description = "Examples of the test split: ${DEFAULT-VALUE}.")
                    int examples,
            @Option(
                            names = {"--batch-size", "--batch"},
                            defaultValue = "64",
                            description = "Examples in a batch: ${DEFAULT-VALUE}.")
                    int batch,
            @Option(
                            names = "--options",
                            defaultValue = "{}",
                            paramLabel = "YAML",
                            description = "As hessian in a recipe's analyze stage: '{top: 3, per-example: 16}'.")
                    String options,
            @Option(
                            names = "--out",
                            defaultValue = "hessian",
                            paramLabel = "BASE",
                            description = "BASE.json, BASE-*.png.")
                    Path out) {
        StudySpec.Hessian study =
                new StudySpec.Hessian(Optional.empty(), batch, examples, RecipeReader.readHessian(options));
        HessianStage.compare(models, RecipeReader.readData(data), study, out).forEach(System.out::println);
        return 0;
    }

    @Command(
            name = "importance",
            description = "What each modality is worth to the task: the score when one of them is pruned step by step.")
    int importance(
            @Parameters(paramLabel = "MODEL", description = "A model folder.") String model,
            @Option(names = "--data", required = true, paramLabel = "YAML", description = "As a recipe's data.")
                    String data,
            @Option(
                            names = {"--batch-size", "--batch"},
                            defaultValue = "64",
                            description = "Examples in a batch: ${DEFAULT-VALUE}.")
                    int batch,
            @Option(
                            names = "--options",
                            defaultValue = "{}",
                            paramLabel = "YAML",
                            description =
                                    "As importance in a recipe's analyze stage: '{sparsities: [0, 0.3], others: 0}'.")
                    String options,
            @Option(
                            names = "--out",
                            defaultValue = "importance",
                            paramLabel = "BASE",
                            description = "BASE.json, BASE-*.png.")
                    Path out) {
        StudySpec.Importance study = new StudySpec.Importance(batch, RecipeReader.readImportance(options));
        try (ConsoleProgress progress = new ConsoleProgress()) {
            ImportanceStage.study(model, RecipeReader.readData(data), study, out, progress)
                    .forEach(System.out::println);
        }
        return 0;
    }

    private static ModelSpec model(String name, @Nullable String weights) {
        ModelSpec spec = RecipeReader.readModel(name, List.of());
        return new ModelSpec(spec.model(), spec.config(), Optional.ofNullable(weights));
    }
}
