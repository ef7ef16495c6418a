package dev.decant.recipe;

import dev.decant.recipe.internal.Nearest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a run does, from data to finished student. Read by {@link RecipeReader}, printed by {@link RecipeText}, turned into
 * objects by the {@code run} package.
 */
@About("The recipe file.")
public record Recipe(
        @About("name in reports; by default the name of the file") @Default("") String name,
        @About("images or texts for training and evaluation") DataSpec data,
        @About("the teachers; `teacher: {...}` sets a single one") @Singular("teacher") @Default("[]")
                List<TeacherSpec> teachers,
        @About("the model to train") StudentSpec student,
        @About("what the run does with the student, in order") List<StageSpec> stages,
        @About("limits that the finished student must meet") @Default("{}") RequireSpec require,
        @About("the run is repeated for each seed; reports show mean and sample standard deviation") @Default("[1]")
                List<Long> seeds,
        @About("`fp32`, `bf16`, or `auto`: bf16 if the machine is faster with it") @Default("auto") Precision precision,
        @About("`cpu`, `cuda` or `cuda:0`") @Default("cpu") String device) {

    private static final Pattern DEVICE = Pattern.compile("cpu|cuda(:\\d+)?");

    /** Gives names to teachers that have none, and checks what no single part can see. */
    public Recipe {
        teachers = named(teachers);
        stages = List.copyOf(stages);
        seeds = List.copyOf(seeds);
        Checks check = new Checks();
        check.that(!stages.isEmpty(), "stages", "must list at least one stage");
        check.that(!seeds.isEmpty(), "seeds", "must list at least one seed");
        check.that(new HashSet<>(seeds).size() == seeds.size(), "seeds", "must be different, got " + seeds);
        check.that(
                DEVICE.matcher(device).matches(), "device", "must be cpu, cuda or cuda:<number>, got '" + device + "'");
        check.folderName("name", name);
        Set<String> names = new HashSet<>();
        for (int i = 0; i < teachers.size(); i++) {
            String teacher = teachers.get(i).name();
            check.that(
                    names.add(teacher), "teachers[" + i + "].name", "another teacher is called '" + teacher + "' too");
        }
        student.init()
                .ifPresent(init ->
                        check.that(names.contains(init), "student.init", Nearest.unknown("teacher", init, names)));
        for (int i = 0; i < stages.size(); i++) {
            checkStage(check, "stages[" + i + "]", stages.get(i), teachers);
        }
        checkRequire(check, require, teachers, stages);
        check.done();
    }

    private static List<TeacherSpec> named(List<TeacherSpec> teachers) {
        List<TeacherSpec> named = new ArrayList<>();
        for (TeacherSpec teacher : teachers) {
            String name = teachers.size() == 1 ? "teacher" : "teacher" + (named.size() + 1);
            named.add(teacher.name().isEmpty() ? teacher.named(name) : teacher);
        }
        return List.copyOf(named);
    }

    private static void checkStage(Checks check, String path, StageSpec stage, List<TeacherSpec> teachers) {
        List<String> names = teachers.stream().map(TeacherSpec::name).toList();
        if (stage instanceof StageSpec.Distill distill) {
            check.that(
                    !names.isEmpty(), path + ".distill", "needs a teacher, and the recipe names none; add 'teacher:'");
            for (int i = 0; i < distill.terms().size() && !names.isEmpty(); i++) {
                checkTerm(
                        check,
                        path + ".distill.terms[" + i + "]",
                        distill.terms().get(i),
                        names);
            }
        }
        if (stage instanceof StageSpec.Analyze analyze) {
            List<String> others = new ArrayList<>(names);
            others.add("student");
            check.that(
                    !names.isEmpty()
                            || analyze.study().with().isPresent()
                            || !analyze.study().needsAnother(),
                    path + ".analyze",
                    "the recipe has no teacher to compare with; 'with: student' compares the student with itself");
            analyze.study()
                    .with()
                    .ifPresent(w -> check.that(
                            others.contains(w), path + ".analyze.with", Nearest.unknown("network", w, others)));
        }
    }

    private static void checkTerm(Checks check, String path, TermSpec term, List<String> names) {
        if (!term.needsTeacher()) {
            return;
        }
        if (term.teacher().isEmpty()) {
            check.that(
                    names.size() == 1,
                    path,
                    "there are several teachers; say which with 'teacher:' (" + String.join(", ", names)
                            + (term.loss().takesLogitsOnly() ? ", average, confidence)" : ")"));
            return;
        }
        String teacher = term.teacher().get();
        boolean joined = teacher.equals(TeacherSpec.AVERAGE) || teacher.equals(TeacherSpec.CONFIDENCE);
        List<String> choices = new ArrayList<>(names);
        if (term.loss().takesLogitsOnly()) {
            choices.addAll(List.of(TeacherSpec.AVERAGE, TeacherSpec.CONFIDENCE));
        }
        check.that(
                choices.contains(teacher),
                path + ".teacher",
                joined
                        ? "compares features, which '" + teacher + "' cannot join; name one teacher"
                        : Nearest.unknown("teacher", teacher, choices));
    }

    private static void checkRequire(
            Checks check, RequireSpec require, List<TeacherSpec> teachers, List<StageSpec> stages) {
        boolean control = stages.stream().anyMatch(s -> s instanceof StageSpec.Distill d && d.control());
        for (String key : require.bounds().keySet()) {
            boolean ofControl = key.equals("control-gain");
            boolean ofTeacher = !ofControl && !key.equals("accuracy") && !key.equals("score");
            check.that(
                    !ofTeacher || !teachers.isEmpty(), "require." + key, "compares with a teacher, and there is none");
            check.that(!ofControl || control, "require." + key, "needs a distill stage with 'control: true'");
        }
    }

    /** This recipe under another name. */
    public Recipe withName(String other) {
        return new Recipe(other, data, teachers, student, stages, require, seeds, precision, device);
    }
}
