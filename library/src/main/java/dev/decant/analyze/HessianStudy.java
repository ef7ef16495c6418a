package dev.decant.analyze;

import dev.decant.ModelException;
import dev.decant.metric.Density;
import dev.decant.model.Inputs;
import dev.decant.model.Network;
import dev.decant.nn.Module;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.Gradient;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The curvature of a network's loss in its parameters: eigenvalues of largest size of the Hessian, for each example and for
 * the mean over the data, its trace, and the density of its eigenvalues ({@link Spectrum}).
 *
 * <p>Hessian-vector products are gradients of gradients, in evaluation mode and fp32. With quantizers in place these are the
 * latent parameters, and gradients pass straight through the rounding: the Hessian of that surrogate.
 */
public final class HessianStudy {

    private final Network model;
    private final Loss loss;
    private final Options options;
    private final List<Tensor> parameters;
    private List<String> maps = List.of();

    /** A mean over the examples of a batch, as training took it. */
    public interface Loss {
        Tensor of(Tensor logits, Tensor target);

        /** Cross-entropy of classes (N), squared error of values (N). */
        static Loss ofLabels() {
            return (logits, target) -> {
                if (target.rank() != 1) {
                    throw new ModelException(
                            "the loss needs one label for each example, found " + Arrays.toString(target.shape()));
                }
                return target.dtype().isFloating()
                        ? logits.reshape(-1).sub(target).square().mean()
                        : Ops.crossEntropy(logits, target, 0);
            };
        }
    }

    /** Inputs and what the loss compares their logits with, examples first. */
    public record Labeled(Inputs inputs, Tensor target) {

        private Labeled single(int index) {
            return new Labeled(Examples.single(inputs, index), target.narrow(0, index, 1));
        }

        private static Labeled join(List<Labeled> singles) {
            return new Labeled(
                    Examples.join(singles.stream().map(Labeled::inputs).toList()),
                    Tensor.cat(singles.stream().map(Labeled::target).toList(), 0));
        }
    }

    /**
     * What to take.
     *
     * @param top eigenvalues of largest size, of each example and of the whole
     * @param limit of power iteration and of the trace
     * @param normWeight adds this times the sum of the norms of all parameters to the loss; tensors of zeros, whose norm
     *     has no derivative, are left out
     * @param perExample examples that have eigenvalues of their own, the first ones
     * @param batchSize examples that are run at once for the mean loss
     * @param lanczosSteps of the density; as many vectors of the network's size are held
     * @param lanczosStarts of the density
     */
    public record Options(
            int top,
            Spectrum.Limit limit,
            double normWeight,
            int perExample,
            int batchSize,
            int lanczosSteps,
            int lanczosStarts) {}

    /**
     * What was found.
     *
     * @param parameters how many numbers the Hessian has rows
     * @param examples in the mean loss
     * @param loss the mean loss, with the norms
     * @param perExample eigenvalues of the loss of single examples
     * @param top eigenvalues of the mean loss
     * @param trace of the mean loss's Hessian
     * @param density of its eigenvalues
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record Result(
            long parameters,
            int examples,
            double loss,
            List<double[]> perExample,
            double[] top,
            Spectrum.Trace trace,
            Density density) {

        /** The greatest eigenvalue of any example's loss; NaN if none was taken alone. */
        public double maximum() {
            return perExample.stream().flatMapToDouble(Arrays::stream).max().orElse(Double.NaN);
        }
    }

    public HessianStudy(Network model, Loss loss, Options options) {
        this.model = model;
        this.loss = loss;
        this.options = options;
        parameters = List.copyOf(model.parameters().values());
    }

    /** Studies the data, which stays in memory; leaves the model as it was. Random vectors come from the generator. */
    public Result run(List<Labeled> data) {
        Map<Tensor, Boolean> learned = new LinkedHashMap<>();
        parameters.forEach(p -> learned.put(p, p.requiresGrad()));
        model.requiresGrad(true);
        try (Module.Evaluating evaluating = model.evaluating();
                Scope scope = Scope.open()) {
            maps = attentionMaps(data.get(0).inputs);
            return study(data.stream()
                    .flatMap(d -> IntStream.range(0, d.inputs.size()).mapToObj(d::single))
                    .toList());
        } finally {
            learned.forEach(Tensor::requiresGrad);
        }
    }

    private Result study(List<Labeled> examples) {
        List<double[]> perExample = new ArrayList<>();
        for (Labeled example : examples.subList(0, Math.min(examples.size(), options.perExample))) {
            try (Scope scope = Scope.open()) {
                perExample.add(Spectrum.top(new Hessian(List.of(example)), options.top, options.limit));
            }
        }
        List<Labeled> batches = new ArrayList<>();
        for (int from = 0; from < examples.size(); from += options.batchSize) {
            batches.add(Labeled.join(examples.subList(from, Math.min(examples.size(), from + options.batchSize))));
        }
        Hessian whole = new Hessian(batches);
        return new Result(
                whole.size(),
                examples.size(),
                value(batches),
                perExample,
                Spectrum.top(whole, options.top, options.limit),
                Spectrum.trace(whole, options.limit),
                Spectrum.density(whole, options.lanczosSteps, options.lanczosStarts));
    }

    private double value(List<Labeled> batches) {
        double sum = 0;
        long examples = 0;
        for (Labeled batch : batches) {
            try (NoGrad quiet = NoGrad.open();
                    Scope scope = Scope.open()) {
                sum += batch.inputs.size() * loss(batch).item();
                examples += batch.inputs.size();
            }
        }
        return sum / examples;
    }

    /** Attention's steps are written out if its map is asked for; its fused form has no second derivative. */
    private List<String> attentionMaps(Inputs inputs) {
        Trace listing = Trace.listing();
        try (NoGrad quiet = NoGrad.open();
                Scope scope = Scope.open()) {
            model.forward(inputs, listing);
        }
        return listing.offered().stream().filter(tap -> tap.endsWith(".map")).toList();
    }

    private Tensor loss(Labeled batch) {
        Tensor total = loss.of(model.forward(batch.inputs, Trace.of(maps)), batch.target);
        if (options.normWeight == 0) {
            return total;
        }
        for (Tensor p : parameters) {
            Tensor squares = p.square().sum();
            total = squares.item() == 0
                    ? total
                    : total.add(squares.sqrt().mul(options.normWeight).to(total.dtype()));
        }
        return total;
    }

    /** The Hessian of the mean loss over some batches. */
    private final class Hessian implements SymmetricMap {

        private final List<Labeled> batches;
        private final long examples;
        private final List<Tensor> onlyGradient;

        /** The graph of a single batch is kept, in the scope that is open now; those of many are made at each product. */
        Hessian(List<Labeled> batches) {
            this.batches = batches;
            examples = batches.stream().mapToLong(b -> b.inputs.size()).sum();
            onlyGradient = batches.size() == 1 ? Gradient.differentiable(loss(batches.get(0)), parameters) : List.of();
        }

        @Override
        public long size() {
            return parameters.stream().mapToLong(Tensor::elements).sum();
        }

        @Override
        public DType dtype() {
            return parameters.get(0).dtype();
        }

        @Override
        public Tensor times(Tensor vector) {
            Tensor sum = vector.zerosLike();
            for (Labeled batch : batches) {
                try (Scope scope = Scope.open()) {
                    List<Tensor> gradient =
                            onlyGradient.isEmpty() ? Gradient.differentiable(loss(batch), parameters) : onlyGradient;
                    sum.addInPlace(product(gradient, vector), (double) batch.inputs.size() / examples);
                }
            }
            return sum;
        }

        private Tensor product(List<Tensor> gradient, Tensor vector) {
            Tensor along = vector.narrow(0, 0, 1).sum().mul(0);
            long at = 0;
            for (Tensor g : gradient) {
                Tensor part = vector.narrow(0, at, g.elements()).reshape(g.shape());
                along = along.add(g.mul(part).sum());
                at += g.elements();
            }
            return Tensor.cat(
                    Gradient.of(along, parameters).stream()
                            .map(p -> p.reshape(-1))
                            .toList(),
                    0);
        }
    }
}
