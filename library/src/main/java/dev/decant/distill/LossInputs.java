package dev.decant.distill;

import dev.decant.ModelException;
import dev.decant.model.Inputs;
import dev.decant.nn.Trace;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/** What one batch left behind, as terms see it. Lives as long as the scope of its step. */
public final class LossInputs {

    private final Trace student;
    private final Map<String, Trace> teachers;
    private final Tensor target;
    private final long[] indices;
    private final StepContext context;
    private final Optional<Inputs> inputs;

    /**
     * @param student trace of the student's pass, with graph
     * @param teachers trace of each teacher's pass by the teacher's name, without graph
     * @param target classes (N) as I64, probabilities (N, K) when images were mixed, or values (N)
     * @param indices place of each example in the training set, of length N; empty where there is none (evaluation)
     * @param context where the training stands
     * @param inputs what the student was run on; terms that take labels from there need it
     */
    public LossInputs(
            Trace student,
            Map<String, Trace> teachers,
            Tensor target,
            long[] indices,
            StepContext context,
            Optional<Inputs> inputs) {
        this.student = student;
        this.teachers = Map.copyOf(teachers);
        this.target = target;
        this.indices = indices.clone();
        this.context = context;
        this.inputs = inputs;
    }

    /** Of examples without padding whose inputs no term looks at, in a first step. */
    public LossInputs(
            Trace student, Map<String, Trace> teachers, Tensor target, long[] indices, double epoch, boolean training) {
        this(student, teachers, target, indices, new StepContext(0, epoch, training), Optional.empty());
    }

    public Trace student() {
        return student;
    }

    public Tensor target() {
        return target;
    }

    public long[] indices() {
        return indices.clone();
    }

    public double epoch() {
        return context.epoch();
    }

    /** (N, S), I64: 1 for a token, 0 for padding; absent where nothing is padded. */
    public Optional<Tensor> mask() {
        return inputs.flatMap(i -> i instanceof Inputs.Text text ? Optional.of(text.mask()) : Optional.empty());
    }

    /** What the student was run on. */
    public Inputs inputs() {
        return inputs.orElseThrow(() -> new IllegalStateException("this step does not tell its inputs"));
    }

    /**
     * What the student was run on, which is images with texts.
     *
     * @param term that needs them, for the message
     */
    public Inputs.ImageText imageText(String term) {
        if (inputs() instanceof Inputs.ImageText both) {
            return both;
        }
        throw new ModelException(term + " needs images with texts, not " + inputs().kind());
    }

    public boolean training() {
        return context.training();
    }

    /** The trace of a teacher; an error that lists those that ran, if this one did not. */
    public Trace teacher(String teacher) {
        Trace trace = teachers.get(teacher);
        if (trace == null) {
            throw new ModelException("no teacher '" + teacher + "' ran on this batch; there are: "
                    + String.join(", ", teachers.keySet()));
        }
        return trace;
    }

    /** A tap of the student in fp32 (or wider). */
    public Tensor studentTap(String tap) {
        return FullPrecision.of(student.get(tap));
    }

    /** A tap of a teacher in fp32 (or wider), outside any graph. */
    public Tensor teacherTap(String teacher, String tap) {
        return FullPrecision.of(teacher(teacher).get(tap).detach());
    }
}
