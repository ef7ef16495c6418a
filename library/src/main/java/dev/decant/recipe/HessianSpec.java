package dev.decant.recipe;

/** What the Hessian study computes, and how accurately. */
@About("What the Hessian study computes, and how accurately.")
public record HessianSpec(
        @About("number of eigenvalues of largest magnitude, for each example's loss and for the mean loss")
                @Default("3")
                int top,
        @About("number of examples, from the first on, whose own eigenvalues are computed") @Default("16")
                int perExample,
        @About("maximum number of Hessian-vector products for each eigenvalue and for the trace") @Default("100")
                int iterations,
        @About("relative change below which an eigenvalue or the trace counts as converged") @Default("1e-3")
                double tolerance,
        @About("adds this factor times the sum of the norms of all parameter tensors to the loss") @Default("0")
                double normWeight,
        @About("Lanczos steps for the spectral density; memory holds this many vectors of the network's size")
                @Default("50")
                int lanczosSteps,
        @About("number of random start vectors for Lanczos") @Default("1") int lanczosStarts) {

    public HessianSpec {
        Checks check = new Checks();
        check.atLeast("top", top, 1);
        check.atLeast("per-example", perExample, 0);
        check.atLeast("iterations", iterations, 1);
        check.atLeast("tolerance", tolerance, 0);
        check.atLeast("norm-weight", normWeight, 0);
        check.atLeast("lanczos-steps", lanczosSteps, 1);
        check.atLeast("lanczos-starts", lanczosStarts, 1);
        check.done();
    }
}
