package dev.decant.study;

import dev.decant.analyze.HessianStudy;
import dev.decant.analyze.Spectrum;
import dev.decant.analyze.plot.HessianPlots;
import dev.decant.build.DataBuilder;
import dev.decant.data.Batch;
import dev.decant.distill.Teacher;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.HessianSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.stage.RunFolder;
import dev.decant.tensor.Device;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Studies the curvature of networks' losses on the labels, in a run or on the command line. */
public final class HessianStage {

    /** Of the random vectors. */
    private static final long SEED = 20_260_102;

    private HessianStage() {}

    /** The student, and the network that {@code with} names, if it names one. */
    public static void run(
            StudySpec.Hessian spec,
            String figure,
            Network student,
            Map<String, Teacher> teachers,
            DataBuilder data,
            Device device,
            RunFolder folder) {
        Map<String, Network> networks = new LinkedHashMap<>();
        networks.put("student", student);
        spec.with().ifPresent(name -> networks.put(name, CkaStage.other(spec.with(), student, teachers)));
        Map<String, HessianStudy.Result> results = new LinkedHashMap<>();
        networks.forEach((name, network) -> {
            network.to(Device.CPU);
            results.put(name, study(network, data, spec));
            network.to(device);
        });
        StudyFiles.json(folder.analysis(figure + ".json"), json(results));
        StudyFiles.figures(folder, figure, HessianPlots.of(results));
    }

    /**
     * Studies trained networks on the test examples.
     *
     * @param models model folders
     * @param out where the files go: {@code out.json}, {@code out-*.png}
     * @return the files
     */
    public static List<Path> compare(List<String> models, DataSpec dataSpec, StudySpec.Hessian spec, Path out) {
        DataBuilder data = StudyData.open(dataSpec, models);
        Map<String, HessianStudy.Result> results = new LinkedHashMap<>();
        StudyData.networks(models, data).forEach((name, network) -> results.put(name, study(network, data, spec)));
        return StudyFiles.write(out, json(results), HessianPlots.of(results));
    }

    private static HessianStudy.Result study(Network network, DataBuilder data, StudySpec.Hessian spec) {
        HessianSpec hessian = spec.hessian();
        HessianStudy.Options options = new HessianStudy.Options(
                hessian.top(),
                new Spectrum.Limit(hessian.iterations(), hessian.tolerance()),
                hessian.normWeight(),
                hessian.perExample(),
                spec.batchSize(),
                hessian.lanczosSteps(),
                hessian.lanczosStarts());
        Rng.seed(SEED);
        try (Scope scope = Scope.open()) {
            List<Batch> batches = StudyData.examples(data, network.config().input(), spec.examples());
            return new HessianStudy(network, HessianStudy.Loss.ofLabels(), options)
                    .run(batches.stream()
                            .map(b -> new HessianStudy.Labeled(b.inputs(), b.labels()))
                            .toList());
        }
    }

    private static Map<String, Object> json(Map<String, HessianStudy.Result> results) {
        Map<String, Object> all = new LinkedHashMap<>();
        results.forEach((name, r) -> {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("parameters", r.parameters());
            one.put("examples", r.examples());
            one.put("loss", r.loss());
            one.put("top", r.top());
            one.put("maximum_of_examples", r.maximum());
            one.put("per_example", r.perExample());
            one.put("trace", r.trace());
            one.put("density", r.density());
            all.put(name, one);
        });
        return all;
    }
}
