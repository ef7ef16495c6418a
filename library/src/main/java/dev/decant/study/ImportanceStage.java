package dev.decant.study;

import dev.decant.InputException;
import dev.decant.ModelException;
import dev.decant.analyze.ImportanceStudy;
import dev.decant.analyze.plot.ImportancePlots;
import dev.decant.build.DataBuilder;
import dev.decant.build.ObjectiveSpec;
import dev.decant.build.PruneBuilder;
import dev.decant.data.Loader;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ImportanceSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.stage.Evaluation;
import dev.decant.stage.RunFolder;
import dev.decant.stage.RunListener;
import dev.decant.stage.StageTrainer;
import dev.decant.tensor.Device;
import dev.decant.train.RunKey;
import dev.decant.train.score.Evaluator;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Studies what each modality of a network is worth to its task, in a run or on the command line. */
public final class ImportanceStage {

    private ImportanceStage() {}

    /**
     * What a study works with.
     *
     * @param model a network with its weights; it is left as it was
     * @param copy another of the same, for each training
     * @param folder where a training of that name keeps what it needs to go on
     */
    private record Study(
            ImportanceSpec spec,
            int batchSize,
            Network model,
            Supplier<Network> copy,
            DataBuilder data,
            Device device,
            Function<RunKey, Path> folder,
            RunListener listener) {

        ImportanceStudy.Result run(StageTrainer trainer, RunKey name) {
            model.to(device);
            ImportanceStudy.Trial trial = spec.learn()
                    .map(learn -> learned(learn, trainer, name))
                    .orElseGet(() -> ImportanceStudy.magnitude(model, spec.spread(), () -> score(model)));
            return ImportanceStudy.run(
                    model, new ImportanceStudy.Options(spec.sparsities(), spec.others()), sparsities -> {
                        ImportanceStudy.Outcome outcome = trial.at(sparsities);
                        listener.says(name(sparsities) + ": " + data.task().metric() + " "
                                + String.format(
                                        Locale.ROOT,
                                        "%.2f",
                                        outcome.scores()
                                                .getOrDefault(data.task().metric(), Double.NaN)));
                        return outcome;
                    });
        }

        private ImportanceStudy.Trial learned(ImportanceSpec.Learn learn, StageTrainer trainer, RunKey name) {
            return sparsities -> {
                Network copied = copy.get();
                Map<String, Long> before = PruneBuilder.prunable(copied);
                RunKey key = new RunKey(name.stage(), name(sparsities), name.seed());
                Optional<StageTrainer.Pruning> pruning = sparsities.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new StageTrainer.Pruning(learn.pruning(sparsities), Path.of("unused")));
                trainer.train(
                        new StageTrainer.Task(
                                key,
                                Map.of(),
                                ObjectiveSpec.of(data.labelTerms()),
                                learn.training(),
                                pruning,
                                StageSpec.Save.LAST,
                                folder.apply(key)),
                        copied);
                return new ImportanceStudy.Outcome(shares(before, copied), score(copied));
            };
        }

        private Map<String, Double> score(Network network) {
            Loader loader = data.evaluation(Split.TEST, network.config().input(), batchSize);
            return data.task().score(network, loader, new Evaluator.Mode(device, false, false));
        }
    }

    /** Of the student, in a run. */
    public static void run(
            StudySpec.Importance spec,
            String figure,
            Network student,
            Supplier<Network> copy,
            StageTrainer trainer,
            DataBuilder data,
            Device device,
            long seed,
            RunFolder folder,
            RunListener listener) {
        RunKey name = new RunKey(figure, "study", seed);
        ImportanceStudy.Result result = new Study(
                        spec.importance(), spec.batchSize(), student, copy, data, device, folder::training, listener)
                .run(trainer, name);
        String metric = data.task().metric();
        StudyFiles.json(folder.analysis(figure + ".json"), json(result, metric));
        StudyFiles.figures(folder, figure, ImportancePlots.of(result, metric));
    }

    /**
     * Studies a trained network on the test split.
     *
     * @param model a model folder
     * @param out where the files go: {@code out.json}, {@code out-*.png}, and {@code out-trainings/} if copies are trained
     * @return the files
     */
    public static List<Path> study(
            String model, DataSpec dataSpec, StudySpec.Importance spec, Path out, RunListener listener) {
        ModelSpec named = new ModelSpec(model, Map.of(), Optional.empty());
        DataBuilder data = DataBuilder.of(dataSpec, named);
        Network network = Evaluation.trained(named, data.modelArguments());
        check(spec.importance(), network);
        Supplier<Network> copy = () -> Evaluation.trained(named, data.modelArguments());
        RunFolder trainings = new RunFolder(Path.of(out + "-trainings"));
        ImportanceStudy.Result result = new Study(
                        spec.importance(),
                        spec.batchSize(),
                        network,
                        copy,
                        data,
                        Device.CPU,
                        trainings::training,
                        listener)
                .run(new StageTrainer(data, Device.CPU, false, listener), new RunKey("importance", "study", 1));
        String metric = data.task().metric();
        return StudyFiles.write(out, json(result, metric), ImportancePlots.of(result, metric));
    }

    /**
     * Can every point be reached?
     *
     * @throws InputException for a network with nothing that can go, or a sparsity that is too high, saying what is not
     */
    public static void check(ImportanceSpec spec, Network network) {
        try {
            Map<String, Double> shares = ImportanceStudy.shares(network);
            for (String modality : shares.keySet()) {
                for (double sparsity : spec.sparsities()) {
                    check(spec, network, ImportanceStudy.asked(shares, modality, sparsity, spec.others()));
                }
            }
        } catch (ModelException e) {
            throw new InputException("importance: " + e.getMessage());
        }
    }

    private static void check(ImportanceSpec spec, Network network, Map<String, Double> asked) {
        if (asked.isEmpty()) {
            return;
        }
        if (spec.learn().isPresent()) {
            PruneBuilder.check(spec.learn().get().pruning(asked), network);
        } else {
            PruneBuilder.kept(new StageSpec.Prune(Optional.empty(), asked, spec.spread(), 1), network);
        }
    }

    /** {@code vision-0.3-text-0.1}, or {@code whole}: also the name of a folder. */
    private static String name(Map<String, Double> sparsities) {
        return sparsities.isEmpty()
                ? "whole"
                : sparsities.entrySet().stream()
                        .map(e -> e.getKey() + "-" + e.getValue())
                        .collect(Collectors.joining("-"));
    }

    /** Shares that are gone by modality. */
    private static Map<String, Double> shares(Map<String, Long> before, Network after) {
        Map<String, Double> shares = new LinkedHashMap<>();
        Map<String, Double> percent = PruneBuilder.gone(before, after);
        after.modalities()
                .keySet()
                .forEach(name -> shares.put(
                        name, percent.getOrDefault("sparsity_" + name, percent.getOrDefault("sparsity", 0.0)) / 100));
        return shares;
    }

    private static Map<String, Object> json(ImportanceStudy.Result result, String metric) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("metric", metric);
        all.put("others", result.others());
        all.put("shares", result.shares());
        all.put("curves", result.curves());
        return all;
    }
}
