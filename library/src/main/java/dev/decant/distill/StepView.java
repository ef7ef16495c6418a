package dev.decant.distill;

import dev.decant.nn.Trace;
import dev.decant.tensor.Tensor;
import java.util.Map;

/**
 * What one batch left behind, as terms see it.
 *
 * @param student trace of the student's pass, with graph
 * @param teachers trace of each teacher's pass by the teacher's name, without graph
 * @param target classes (N) as I64, or probabilities (N, K) when images were mixed
 * @param indices place of each example in the training set, of length N; empty where there is none (evaluation)
 * @param epoch epochs done, with the fraction of the current one
 * @param training memories and running estimates change only if true
 */
public record StepView(
        Trace student, Map<String, Trace> teachers, Tensor target, long[] indices, double epoch, boolean training) {

    public StepView {
        teachers = Map.copyOf(teachers);
    }

    /** A tap of the student in fp32 (or wider). */
    Tensor studentTap(String tap) {
        return FullPrecision.of(student.get(tap));
    }

    /** A tap of a teacher in fp32 (or wider), outside any graph. */
    Tensor teacherTap(String teacher, String tap) {
        return FullPrecision.of(teacherTrace(teacher).get(tap).detach());
    }

    private Trace teacherTrace(String teacher) {
        Trace trace = teachers.get(teacher);
        if (trace == null) {
            throw new IllegalArgumentException("no teacher '" + teacher + "' ran on this batch; there are: "
                    + String.join(", ", teachers.keySet()));
        }
        return trace;
    }
}
