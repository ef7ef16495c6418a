package dev.decant.build;

import dev.decant.InputException;
import dev.decant.distill.Teacher;
import dev.decant.distill.term.TeacherChoice;
import dev.decant.model.Network;
import dev.decant.recipe.TermSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The models that terms compare. */
public record Sides(Side student, Map<String, Side> teachers) {

    public static Sides of(Network student, Map<String, Teacher> teachers) {
        Map<String, Side> sides = new LinkedHashMap<>();
        teachers.forEach((name, teacher) -> sides.put(name, Side.teacher(name, teacher.signature())));
        return new Sides(Side.student(student.signature()), sides);
    }

    /** The name of the teacher that a term means: the one it names, or the only one. */
    String name(Optional<String> teacher) {
        return teacher.orElseGet(() -> teachers.keySet().stream()
                .findFirst()
                .orElseThrow(() -> new InputException("terms: there is no teacher to learn from")));
    }

    /** @throws InputException for a name that no teacher has, listing those there are */
    Side teacher(String name) {
        return Optional.ofNullable(teachers.get(name))
                .orElseThrow(() -> new InputException(
                        "no teacher '" + name + "'; there are " + String.join(", ", teachers.keySet())));
    }

    Side teacher(TermSpec spec) {
        return teacher(name(spec.teacher()));
    }

    TeacherChoice choice(TermSpec spec) {
        return TeacherChoice.of(name(spec.teacher()), teachers.keySet());
    }
}
