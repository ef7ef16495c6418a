package dev.decant.distill;

import dev.decant.model.Inputs;
import dev.decant.model.ModelConfig;
import dev.decant.model.Network;
import dev.decant.model.Renormalization;
import dev.decant.model.TapSignature;
import dev.decant.nn.Trace;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** A teacher that is given what was prepared for a student: its copy of images gets its own statistics, channel by channel. */
final class RenormalizedTeacher implements Teacher {

    private final Teacher teacher;
    private final UnaryOperator<Inputs> renormalize;

    RenormalizedTeacher(Teacher teacher, ModelConfig.Input student) {
        this.teacher = teacher;
        renormalize = Renormalization.between(student, teacher.signature().input());
    }

    @Override
    public TapSignature signature() {
        return teacher.signature();
    }

    @Override
    public Trace answer(Inputs inputs, long[] indices, Set<String> taps) {
        return teacher.answer(renormalize.apply(inputs), indices, taps);
    }

    @Override
    public Optional<Network> network() {
        return teacher.network();
    }
}
