package dev.decant.nn;

import dev.decant.ModelException;
import dev.decant.tensor.Tensor;
import java.util.List;

/** Square patches of an image to vectors: one convolution whose stride is its kernel (timm's {@code PatchEmbed}). */
public final class PatchEmbed extends Module {

    private final int size;
    private final Conv2d proj;
    private final List<LayerNorm> norm;

    /** Without a norm, from the framework's own initial values: uniform within 1/sqrt(3 P P). */
    public PatchEmbed(int imageSize, int patchSize, long width) {
        this(imageSize, Conv2d.uniformPatches(3, width, patchSize), List.of());
    }

    /** With at most one norm after the projection. */
    public PatchEmbed(int imageSize, Conv2d proj, List<LayerNorm> norm) {
        this.size = imageSize;
        this.proj = child("proj", proj);
        this.norm = norm.stream().map(n -> child("norm", n)).toList();
    }

    /** images (N, 3, S, S); returns (N, S/P, S/P, C), contiguous. */
    public Tensor forward(Tensor images) {
        long[] s = images.shape();
        if (s.length != 4 || s[2] != size || s[3] != size) {
            throw new ModelException("the model takes images (N, 3, " + size + ", " + size + "), got " + images
                    + "; set img_size to change it");
        }
        Tensor x = proj.forward(images).permute(0, 2, 3, 1).contiguous(); // (N, S/P, S/P, C)
        for (LayerNorm n : norm) {
            x = n.forward(x);
        }
        return x;
    }

    /** Side of the grid of patches; refuses a size that does not divide. */
    public static int grid(int imageSize, int patchSize) {
        if (imageSize % patchSize != 0) {
            throw new ModelException("img_size " + imageSize + " does not divide by patch_size " + patchSize);
        }
        return imageSize / patchSize;
    }
}
