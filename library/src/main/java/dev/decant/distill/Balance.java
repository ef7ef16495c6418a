package dev.decant.distill;

import dev.decant.nn.Module;
import dev.decant.tensor.DType;
import dev.decant.tensor.FullPrecision;
import dev.decant.tensor.Gradient;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the weights of an objective's parts shares of its gradient, so that losses of any scale need no factors that were
 * searched for.
 *
 * <p>With n_i the norm of part i's gradient in the student's parameters and s_i its share (the weight that the recipe
 * gives), the part is multiplied by
 *
 * <p>w_i = s_i G / n_i, ln G = sum of s_i ln n_i / sum of s_i,
 *
 * <p>so that w_i n_i is to w_j n_j as s_i to s_j, and the geometric mean keeps the sum at the scale of its parts. This is
 * GradNorm (Chen et al. 2018, arXiv 1711.02257) with alpha = 0 and its solution put in place of its descent.
 *
 * <p>The first step measures every part; after that every {@value #EVERY}th step measures one part, in turn, and moves its
 * norm a fifth of the way. A measurement is one backward pass, so the cost does not depend on the number of parts and is
 * about 7 % of a step. A part without gradient, as when student and teacher are equal, keeps its share as its weight.
 *
 * <p>The norms and the count of steps are buffers: a resumed training goes on with the same weights.
 */
final class Balance extends Module {

    static final int EVERY = 8;
    static final double KEPT = 0.8;

    private final List<String> parts;
    private final List<Tensor> parameters;
    private final Tensor norms;
    private final Tensor steps;
    private Map<String, Double> latest = Map.of();

    /** @param parameters of the student */
    Balance(List<String> parts, Collection<Tensor> parameters) {
        this.parts = List.copyOf(parts);
        this.parameters = List.copyOf(parameters);
        norms = buffer("norms", Tensor.zeros(DType.F64, parts.size()));
        steps = buffer("steps", Tensor.zeros(DType.I64));
    }

    /**
     * One part of a batch's objective.
     *
     * @param loss scalar with graph
     * @param share its weight as given
     */
    record Share(String name, Tensor loss, double share) {}

    /**
     * The weight of each part in this batch.
     *
     * @param training whether this is a step of training, which may measure
     */
    Map<String, Double> weights(List<Share> shares, boolean training) {
        if (training && parts.size() > 1) {
            measure(shares);
        }
        latest = weights(shares);
        return latest;
    }

    /** The weights of the last batch. */
    Map<String, Double> latest() {
        return latest;
    }

    private void measure(List<Share> shares) {
        long step = (long) steps.item();
        double[] found = norms.doubles();
        if (step == 0) {
            for (int i = 0; i < found.length; i++) {
                found[i] = norm(shares, i);
            }
        } else if (step % EVERY == 0) {
            int i = (int) (step / EVERY % found.length);
            double now = norm(shares, i);
            boolean isFirst = found[i] == 0;
            found[i] = isFirst ? now : now > 0 ? KEPT * found[i] + (1 - KEPT) * now : found[i];
        }
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            norms.copyFrom(Tensor.of(found, found.length));
            steps.addInPlace(steps.onesLike(), 1);
        }
    }

    /** Of the part's gradient; 0 where there is none or it is not a number, which the trainer finds in the loss. */
    private double norm(List<Share> shares, int part) {
        Tensor loss = shares.stream()
                .filter(s -> s.name.equals(parts.get(part)))
                .map(Share::loss)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no part '" + parts.get(part) + "' in this batch"));
        try (Scope scope = Scope.open()) {
            double norm = FullPrecision.on(loss.device(), () -> {
                List<Tensor> norms = Gradient.of(loss, parameters).stream()
                        .map(g -> g.detach().reshape(-1).norm(0, false).to(DType.F64))
                        .toList();
                return Tensor.stack(norms, 0).square().sum().sqrt().item();
            });
            return Double.isFinite(norm) ? norm : 0;
        }
    }

    private Map<String, Double> weights(List<Share> shares) {
        double[] found = norms.doubles();
        double logs = 0;
        double sum = 0;
        for (Share share : shares) {
            double norm = found[parts.indexOf(share.name)];
            if (norm > 0 && share.share > 0) {
                logs += share.share * Math.log(norm);
                sum += share.share;
            }
        }
        double mean = sum > 0 ? Math.exp(logs / sum) : 1;
        Map<String, Double> weights = new LinkedHashMap<>();
        for (Share share : shares) {
            double norm = found[parts.indexOf(share.name)];
            weights.put(share.name, norm > 0 ? share.share * mean / norm : share.share);
        }
        return weights;
    }
}
