package dev.decant.bench;

import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Recording;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;

/**
 * Multiplications with an addition in one forward pass of one example: those of linear maps, convolutions, matrix products and
 * attention, as such counts are published; twice as many are its FLOPs. Norms, softmax and what works element by element
 * are left out.
 */
public final class MultiplyAdds {

    private MultiplyAdds() {}

    /** By running the network once; it is left as it was. */
    public static long of(Network network) {
        try (Module.Evaluating evaluating = network.evaluating();
                Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open();
                Autocast cast = Autocast.off(Device.CPU)) {
            Inputs inputs = network.sample(1);
            try (Recording recording = Recording.open(tensors(inputs), network.state())) {
                network.forward(inputs, Trace.none());
                return recording.steps().stream().mapToLong(MultiplyAdds::of).sum();
            }
        }
    }

    private static List<Tensor> tensors(Inputs inputs) {
        if (inputs instanceof Inputs.Images images) {
            return List.of(images.pixels());
        }
        if (inputs instanceof Inputs.Text text) {
            return List.of(text.ids(), text.types(), text.mask());
        }
        if (inputs instanceof Inputs.ImageText both) {
            return List.of(
                    both.images().pixels(),
                    both.text().ids(),
                    both.text().types(),
                    both.text().mask());
        }
        throw new AssertionError(inputs);
    }

    private static long of(Recording.Step step) {
        return switch (step.op()) {
            case "linear" -> elements(step.result()) * side(step, 1, 1);
            case "conv2d" -> elements(step.result()) * side(step, 1, 1) * side(step, 1, 2) * side(step, 1, 3);
            case "matmul" -> elements(step.result()) * last(step.operands().get(0));
            case "attention" ->
                2 * elements(step.operands().get(0)) * side(step, 1, 2); // scores (N, H, T, S) over D, and back
            default -> 0;
        };
    }

    private static long side(Recording.Step step, int operand, int dim) {
        return step.operands().get(operand).shape().get(dim);
    }

    private static long last(Recording.Operand operand) {
        return operand.shape().get(operand.shape().size() - 1);
    }

    private static long elements(Recording.Operand operand) {
        return operand.shape().stream().reduce(1L, Math::multiplyExact);
    }
}
