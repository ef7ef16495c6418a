package dev.decant.recipe;

/** What a study of the loss's curvature takes. */
@About("What a study of the loss's curvature takes.")
public record HessianSpec(
        @About("eigenvalues of largest size, of each example's loss and of the mean loss") @Default("3") int top,
        @About("examples that have eigenvalues of their own, the first ones") @Default("16") int perExample,
        @About("products with the Hessian at most, for each eigenvalue and for the trace") @Default("100")
                int iterations,
        @About("an eigenvalue, or the trace, is taken when it changes by less than this part of itself")
                @Default("1e-3")
                double tolerance,
        @About("adds this times the sum of all parameters' norms to the loss") @Default("0") double normWeight,
        @About("steps of Lanczos for the density; as many vectors of the network's size are held in memory")
                @Default("50")
                int lanczosSteps,
        @About("random vectors that Lanczos starts from") @Default("1") int lanczosStarts) {

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
