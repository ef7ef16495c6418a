package dev.decant.study;

import dev.decant.analyze.AttentionStudy;
import dev.decant.analyze.TokenClasses;
import dev.decant.analyze.plot.AttentionPlots;
import dev.decant.build.DataBuilder;
import dev.decant.build.TextDataBuilder;
import dev.decant.data.Batch;
import dev.decant.distill.Teacher;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.model.Renormalization;
import dev.decant.recipe.DataSpec;
import dev.decant.recipe.StudySpec;
import dev.decant.stage.RunFolder;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.text.Tokenizer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Studies how far students' attention is from their teacher's, in a run or on the command line. */
public final class AttentionStage {

    private AttentionStage() {}

    /** @param figure what the names of the figures begin with */
    public static void run(
            StudySpec.Attention spec,
            String figure,
            Network student,
            Map<String, Teacher> teachers,
            DataBuilder data,
            Device device,
            RunFolder folder) {
        Network teacher = CkaStage.other(spec.with(), student, teachers);
        student.to(Device.CPU);
        teacher.to(Device.CPU);
        AttentionStudy.Result result = study(student, teacher, data, spec);
        student.to(device);
        teacher.to(device);
        StudyFiles.json(folder.analysis(figure + ".json"), result);
        StudyFiles.figures(folder, figure, AttentionPlots.of(Map.of("student", result)));
    }

    /** Can the student's attention be compared with the teacher's? */
    public static void check(
            StudySpec.Attention spec, Network student, Map<String, Teacher> teachers, DataBuilder data) {
        study(student, CkaStage.other(spec.with(), student, teachers), data, spec.topK());
    }

    /**
     * Studies trained students beside their trained teacher on the test examples.
     *
     * @param students model folders
     * @param out where the files go: {@code out.json}, {@code out-*.png}
     * @return the files
     */
    public static List<Path> compare(
            String teacher, List<String> students, DataSpec dataSpec, StudySpec.Attention spec, Path out) {
        DataBuilder data = StudyData.open(
                dataSpec, Stream.concat(Stream.of(teacher), students.stream()).toList());
        Network from =
                StudyData.networks(List.of(teacher), data).values().iterator().next();
        Map<String, AttentionStudy.Result> results = new LinkedHashMap<>();
        StudyData.networks(students, data)
                .forEach((name, student) -> results.put(name, study(student, from, data, spec)));
        return StudyFiles.write(out, results, AttentionPlots.of(results));
    }

    private static AttentionStudy.Result study(
            Network student, Network teacher, DataBuilder data, StudySpec.Attention spec) {
        AttentionStudy study = study(student, teacher, data, spec.topK());
        UnaryOperator<Inputs> forTeacher = Renormalization.between(
                student.config().input(), teacher.config().input());
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            for (Batch example : StudyData.examples(data, student.config().input(), spec.examples())) {
                study.add(example.inputs(), forTeacher.apply(example.inputs()));
            }
        }
        return study.result();
    }

    private static AttentionStudy study(Network student, Network teacher, DataBuilder data, int topK) {
        return new AttentionStudy(student, teacher, classes(student, data), topK);
    }

    private static TokenClasses classes(Network student, DataBuilder data) {
        if (data instanceof TextDataBuilder text) {
            Tokenizer words = text.tokenizer();
            return TokenClasses.text(
                    ids(words, "[CLS]", "<s>"),
                    ids(words, "[SEP]", "</s>"),
                    ids(words, ",", ".", "\u0120,", "\u0120."));
        }
        return TokenClasses.images(student.prefixTokens());
    }

    /** Of those that the vocabulary has. */
    private static Set<Long> ids(Tokenizer words, String... tokens) {
        return Stream.of(tokens)
                .flatMapToInt(t -> words.id(t).stream())
                .mapToObj(Long::valueOf)
                .collect(Collectors.toSet());
    }
}
