package dev.decant.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.InputException;
import dev.decant.analyze.CkaStudy;
import dev.decant.analyze.plot.HeatMapImage;
import dev.decant.build.DataBuilder;
import dev.decant.data.Loader;
import dev.decant.distill.Teacher;
import dev.decant.file.AtomicFile;
import dev.decant.file.Json;
import dev.decant.model.Network;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.ModelSpec;
import dev.decant.recipe.Split;
import dev.decant.recipe.StudySpec;
import dev.decant.stage.Evaluation;
import dev.decant.stage.RunFolder;
import dev.decant.tensor.Device;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Draws the similarity of the student's layers and another network's into the run's figures: JSON and PNG. */
public final class CkaStage {

    private CkaStage() {}

    /** @param figure name of the figure's files, without ending */
    public static void run(
            StudySpec.Cka spec,
            String figure,
            Network student,
            Map<String, Teacher> teachers,
            DataBuilder data,
            Device device,
            RunFolder folder) {
        Network with = other(spec.with(), student, teachers);
        Loader loader = data.evaluation(Split.TEST, student.config().input(), spec.batchSize());
        student.to(Device.CPU);
        with.to(Device.CPU);
        CkaStudy.Result result = CkaStudy.run(
                new CkaStudy.Side(student, spec.studentTaps()),
                new CkaStudy.Side(with, spec.otherTaps()),
                loader,
                spec.batches());
        student.to(device);
        with.to(device);
        write(folder.figure(figure), title(student, with), result);
    }

    /** The network that a study puts beside the student. */
    static Network other(Optional<String> with, Network student, Map<String, Teacher> teachers) {
        String name = with.orElseGet(() -> teachers.keySet().iterator().next());
        return Optional.ofNullable(teachers.get(name))
                .map(teacher -> Evaluation.network(teacher, "analyze.with"))
                .orElse(student);
    }

    /** Are the taps there? */
    public static void check(StudySpec.Cka spec, Network student, Map<String, Teacher> teachers) {
        check("student-taps", spec.studentTaps(), student);
        check("other-taps", spec.otherTaps(), other(spec.with(), student, teachers));
    }

    private static void check(String key, List<String> taps, Network model) {
        Set<String> offered =
                taps.isEmpty() ? Set.of() : model.signature().taps().keySet();
        for (String tap : taps) {
            if (!offered.contains(tap)) {
                throw new InputException("analyze." + key + ": no tap '" + tap + "' in "
                        + model.config().architecture() + "; it offers " + String.join(", ", offered));
            }
        }
    }

    /** Compares two trained models on the test images and writes {@code out.json} and {@code out.png}. */
    public static void compare(ModelSpec a, ModelSpec b, DataSpec dataSpec, StudySpec.Cka spec, Path out) {
        DataBuilder data = DataBuilder.of(dataSpec, a, b);
        Network first = Evaluation.trained(a, data.modelArguments());
        Network second = Evaluation.trained(b, data.modelArguments());
        CkaStudy.Result result = CkaStudy.run(
                new CkaStudy.Side(first, spec.studentTaps()),
                new CkaStudy.Side(second, spec.otherTaps()),
                data.evaluation(Split.TEST, first.config().input(), spec.batchSize()),
                spec.batches());
        write(out, title(first, second), result);
    }

    private static String title(Network a, Network b) {
        return "CKA: " + a.config().architecture() + " and " + b.config().architecture();
    }

    /** Writes {@code base.json} and {@code base.png}. */
    public static void write(Path base, String title, CkaStudy.Result result) {
        Map<String, Object> figure = new LinkedHashMap<>();
        figure.put("kind", "heatmap");
        figure.put("title", title);
        figure.put("x", result.second());
        figure.put("y", result.first());
        figure.put("values", result.values());
        try {
            AtomicFile.write(Path.of(base + ".json"), Json.MAPPER.writeValueAsBytes(figure));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a figure cannot be written as JSON", e);
        }
        HeatMapImage.write(Path.of(base + ".png"), title, result.second(), result.first(), result.values());
    }
}
