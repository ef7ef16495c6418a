package dev.decant.distill;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The names that traces must keep.
 *
 * @param student taps of the student
 * @param teachers taps of each teacher by the teacher's name; a teacher that nobody needs is absent
 */
public record Taps(Set<String> student, Map<String, Set<String>> teachers) {

    /** Of a term that looks at no network's tensors. */
    public static final Taps NONE = new Taps(Set.of(), Map.of());

    public static final String LOGITS = "logits";
    public static final String FEATURES = "features";

    /** Of images with texts; {@link dev.decant.model.multimodal.Xvlm} says what they are. */
    public static final String SIMILARITY = "similarity";

    public static final String MATCH = "match";
    public static final String WORDS = "words";
    public static final String BOXES = "boxes";
    public static final String HIDDEN_WORDS = "hidden_words";
    public static final String QUESTION_OF = "question_of";

    public Taps {
        student = Set.copyOf(student);
        teachers = Map.copyOf(teachers);
    }

    /** The same taps of the student and of each of the teachers. */
    public static Taps both(Collection<String> teachers, Set<String> taps) {
        Map<String, Set<String>> byTeacher = new LinkedHashMap<>();
        teachers.forEach(t -> byTeacher.put(t, taps));
        return new Taps(taps, byTeacher);
    }

    /** What all of them need together. */
    public static Taps union(List<Taps> all) {
        Set<String> student = new LinkedHashSet<>();
        Map<String, Set<String>> teachers = new LinkedHashMap<>();
        for (Taps taps : all) {
            student.addAll(taps.student);
            taps.teachers.forEach((name, t) ->
                    teachers.computeIfAbsent(name, k -> new LinkedHashSet<>()).addAll(t));
        }
        return new Taps(student, teachers);
    }
}
