package dev.decant.run;

import dev.decant.bench.Latency;
import dev.decant.bench.LatencyBench;
import dev.decant.bench.LatencyRow;
import dev.decant.bench.ModelBenchmark;
import dev.decant.bench.MultiplyAdds;
import dev.decant.build.QuantizeBuilder;
import dev.decant.distill.Teacher;
import dev.decant.export.OnnxNetwork;
import dev.decant.file.AtomicFile;
import dev.decant.model.Catalogue;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.modelio.ModelFolder;
import dev.decant.recipe.QuantizeSpec;
import dev.decant.recipe.Recipe;
import dev.decant.recipe.StageSpec;
import dev.decant.report.ExportResult;
import dev.decant.report.ModelResult;
import dev.decant.report.Scores;
import dev.decant.report.StageResult;
import dev.decant.report.Summary;
import dev.decant.report.TableRow;
import dev.decant.stage.RunFolder;
import dev.decant.stage.StageTrainer;
import dev.decant.tensor.Device;
import dev.decant.train.RunKey;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Gathers what the stages reached, seed by seed, and draws up the summary. */
final class RunResults {

    private static final String STUDENT = TableRows.STUDENT;

    private final Map<String, Map<String, Scores>> scores = new LinkedHashMap<>(); // stage, run
    private final Map<String, Double> seconds = new LinkedHashMap<>();
    private final Map<String, Map<String, Double>> teachers = new LinkedHashMap<>();
    private final Map<String, Long> branchParameters = new LinkedHashMap<>();
    private final Set<StageSpec.Format> exports = new LinkedHashSet<>();
    private final List<String> notes = new ArrayList<>();
    private final Map<String, Made> networks = new LinkedHashMap<>(); // what each training left, by stage/run
    private double worstDataShare;

    /** What a network is made of, so that one like it can be measured when all is done. */
    private record Made(ModelConfig config, List<QuantizeSpec> quantized) {

        Network build() {
            Network network = Catalogue.create(config.architecture(), config.args());
            quantized.forEach(q -> QuantizeBuilder.attach(q, network));
            return network;
        }
    }

    /** {@code distill}, and {@code distill2} for a second one. */
    public static String stageName(Recipe recipe, int index) {
        String kind = kind(recipe.stages().get(index));
        long before = recipe.stages().subList(0, index).stream()
                .filter(s -> kind(s).equals(kind))
                .count();
        return before == 0 ? kind : kind + (before + 1);
    }

    private static String kind(StageSpec spec) {
        return spec.getClass().getSimpleName().toLowerCase(Locale.ROOT);
    }

    void teacher(String name, Map<String, Double> metrics) {
        teachers.put(name, metrics);
    }

    void add(String stage, String run, long seed, Map<String, Double> metrics, double took) {
        scores.computeIfAbsent(stage, s -> new LinkedHashMap<>())
                .merge(run, Scores.of(seed, metrics), (a, b) -> a.with(seed, metrics));
        seconds.merge(stage, took, Double::sum);
    }

    void training(RunKey key, StageTrainer.Result result) {
        if (key.run().equals(STUDENT)) {
            branchParameters.put(key.stage(), result.branchParameters());
        }
        worstDataShare = Math.max(worstDataShare, result.dataShare());
    }

    /**
     * Remembers what a stage's network is made of, for the first seed; its costs are measured in the end, beside the others'.
     *
     * @param quantized what is rounded in it
     */
    void network(String stage, String run, Network network, List<QuantizeSpec> quantized) {
        networks.putIfAbsent(stage + "/" + run, new Made(network.config(), List.copyOf(quantized)));
    }

    /** Remembers what to ship; it is measured when everything is written. */
    void export(StageSpec.Export spec) {
        exports.addAll(spec.formats());
    }

    /** A sentence on the data that the reader of the results should know. */
    void note(String sentence) {
        notes.add(sentence);
    }

    /** @param quantized what is rounded in the student */
    Summary summary(
            Recipe recipe,
            String metric,
            RunFolder folder,
            Network student,
            List<QuantizeSpec> quantized,
            Map<String, Teacher> networks) {
        student.to(Device.CPU);
        networks.values().forEach(t -> t.network().ifPresent(n -> n.to(Device.CPU)));
        Map<String, LatencyRow> costs = costs(folder, student, new Made(student.config(), quantized), networks);
        List<StageResult> stages = new ArrayList<>();
        scores.forEach((stage, runs) -> stages.add(StageResult.of(
                stage,
                runs.getOrDefault(STUDENT, Scores.NONE),
                runs.getOrDefault(RunKey.CONTROL, Scores.NONE),
                seconds.getOrDefault(stage, 0.0))));
        LatencyRow own = cost(costs, STUDENT);
        Map<String, Double> last =
                stages.isEmpty() ? Map.of() : stages.get(stages.size() - 1).metrics();
        ModelResult model = new ModelResult("model", student.parameterCount(), own.bytes(), last);
        ModelResult teacher = teacher(metric, networks, costs);
        LatencyRow first = networks.keySet().stream()
                .findFirst()
                .map(name -> cost(costs, name))
                .orElse(own);
        return new Summary(
                recipe.name(),
                metric,
                stages,
                model,
                teacher,
                exported(folder, student),
                new Requirements(metric, stages, model, teacher, own, first).check(recipe.require()),
                new ArrayList<>(costs.values()),
                table(recipe, networks, costs),
                measured(recipe, metric),
                architectures(student, networks));
    }

    private List<ExportResult> exported(RunFolder folder, Network student) {
        return exports.stream().map(format -> exported(format, folder, student)).toList();
    }

    private static ExportResult exported(StageSpec.Format format, RunFolder folder, Network student) {
        if (format == StageSpec.Format.SAFETENSORS) {
            long bytes = ModelBenchmark.bytes(folder.model().resolve(ModelFolder.WEIGHTS));
            return new ExportResult("model/" + ModelFolder.WEIGHTS, bytes, Exports.parity(folder.model(), student));
        }
        String name = format.word().replace("onnx", "model") + OnnxNetwork.SUFFIX;
        Path file = folder.onnx().resolve(name);
        ExportResult result = Exports.onnx(folder.model(), format, file);
        Exports.tokenizer(folder.model())
                .forEach((other, content) -> AtomicFile.write(file.resolveSibling(other), content));
        return new ExportResult("onnx/" + name, result.bytes(), result.parity());
    }

    public static LatencyRow cost(Map<String, LatencyRow> costs, String name) {
        return Optional.ofNullable(costs.get(name)).orElseGet(() -> new LatencyRow(name, 0, 0, 0, Map.of()));
    }

    private Map<String, LatencyRow> costs(
            RunFolder folder, Network student, Made shipped, Map<String, Teacher> networks) {
        Map<String, Network> models = new LinkedHashMap<>();
        Map<String, LatencyBench.Pass> passes = new LinkedHashMap<>();
        networks.forEach((name, teacher) -> {
            teacher.network().ifPresent(network -> models.put(name, network));
            passes.put(name, LatencyBench.Pass.of(teacher));
        });
        models.put(STUDENT, student);
        this.networks.forEach((name, made) -> {
            if (!made.equals(shipped)) {
                models.put(name, made.build());
            }
        });
        models.forEach((name, network) -> passes.putIfAbsent(name, LatencyBench.Pass.of(network)));
        Map<String, LatencyRow> rows = new LinkedHashMap<>();
        LatencyBench.measure(passes).forEach((name, latency) -> {
            LatencyRow unknown = new LatencyRow(name, 0, 0, 0, latency);
            rows.put(
                    name,
                    Optional.ofNullable(models.get(name))
                            .map(network -> measured(name, network, folder, latency))
                            .orElse(unknown));
        });
        return rows;
    }

    private static LatencyRow measured(String name, Network network, RunFolder folder, Map<Integer, Latency> latency) {
        long bytes = name.equals(STUDENT) ? ModelBenchmark.bytes(folder.model()) : ModelBenchmark.bytes(network);
        return new LatencyRow(name, network.parameterCount(), bytes, MultiplyAdds.of(network), latency);
    }

    private List<TableRow> table(Recipe recipe, Map<String, Teacher> networks, Map<String, LatencyRow> costs) {
        List<TableRow> rows = new ArrayList<>();
        networks.keySet()
                .forEach(name -> rows.add(TableRow.of(
                        TableRow.Role.TEACHER,
                        Scores.of(0, teachers.getOrDefault(name, Map.of())),
                        Scores.NONE,
                        TableRows.named(cost(costs, name), TableRows.teacher(name)))));
        rows.addAll(new TableRows(scores, costs).of(recipe));
        return rows;
    }

    /** What the rows of the table are, said once. */
    private static Map<String, String> architectures(Network student, Map<String, Teacher> networks) {
        Map<String, String> names = new LinkedHashMap<>();
        networks.forEach(
                (name, t) -> names.put(TableRows.teacher(name), t.signature().architecture()));
        names.put(STUDENT, student.config().architecture());
        return names;
    }

    private ModelResult teacher(String metric, Map<String, Teacher> networks, Map<String, LatencyRow> costs) {
        if (networks.isEmpty()) {
            return ModelResult.NONE;
        }
        long parameters = 0;
        long bytes = 0;
        for (String name : networks.keySet()) {
            parameters += cost(costs, name).parameters();
            bytes += cost(costs, name).bytes();
        }
        Map<String, Double> best = teachers.values().stream()
                .max(java.util.Comparator.comparing(m -> m.getOrDefault(metric, Double.NEGATIVE_INFINITY)))
                .orElse(Map.of());
        return new ModelResult(String.join(" + ", networks.keySet()), parameters, bytes, best);
    }

    private Map<String, String> measured(Recipe recipe, String metric) {
        Map<String, String> m = new LinkedHashMap<>();
        m.put(
                metric,
                "on every example of the test split, of the last epoch's weights unless a stage saves the best;"
                        + " mean and sample standard deviation over seeds " + recipe.seeds());
        m.put("control", "the same student, data, schedule and seeds, trained on the labels alone");
        m.put(
                "latency",
                "forward pass on this machine, in fp32 and, where weights and what enters are rounded, in whole numbers; models in"
                        + " turn, median of up to 60 rounds");
        m.put("bytes", "the student's model folder on the disk; the teacher's tensors");
        m.put("waiting for data", String.format(Locale.ROOT, "at most %.1f %% of a training's time", worstDataShare));
        if (!notes.isEmpty()) {
            m.put("data", String.join("; ", notes));
        }
        branchParameters.forEach((stage, n) -> m.put(
                stage + " parts",
                n + " parameters learned beside the student (branches, projectors) that do not ship"));
        return m;
    }
}
