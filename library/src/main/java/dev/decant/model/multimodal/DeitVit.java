package dev.decant.model.multimodal;

import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.PatchEmbed;
import dev.decant.nn.Trace;
import dev.decant.nn.TransformerBlock;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * DeiT (Touvron et al. 2020, arXiv 2012.12877) as X-VLM's {@code vision_encoder}, by the names of timm's {@code
 * VisionTransformer}, so that {@code deit_base_patch16_224} fills it: GELU, one projection for query, key and value, a norm
 * after the last layer alone, on every token.
 */
final class DeitVit extends VisionEncoder {

    private static final double EPS = 1e-6;

    private final Tensor clsToken;
    private final Tensor posEmbed;
    private final PatchEmbed patchEmbed;
    private final List<TransformerBlock> blocks = new ArrayList<>();
    private final LayerNorm norm;
    private final int width;

    DeitVit(Config c) {
        super(Kind.DEIT, c);
        width = c.width();
        clsToken = parameter("cls_token", Init.normal(1e-6, 1, 1, width));
        posEmbed = parameter("pos_embed", Init.normal(0.02, 1, c.tokens(), width));
        patchEmbed = child("patch_embed", new PatchEmbed(c.size(), c.patch(), width));
        var block = new TransformerBlock.Config(width, c.heads(), 4, true, EPS, 0);
        for (int i = 0; i < c.depth(); i++) {
            blocks.add(child("blocks." + i, new TransformerBlock(block)));
        }
        norm = child("norm", new LayerNorm(width, EPS));
    }

    @Override
    Tensor embed(Tensor pixels) {
        long m = pixels.size(0);
        Tensor patches = patchEmbed.forward(pixels).reshape(m, -1, width); // (M, G G, C)
        Tensor first = clsToken.expand(m, 1, width).to(patches.dtype());
        return Tensor.cat(List.of(first, patches), 1).add(posEmbed);
    }

    @Override
    Tensor layer(int index, Tensor x, List<Tensor> bias, Trace trace) {
        return blocks.get(index).forward(x, bias, trace);
    }

    @Override
    Tensor finish(Tensor x) {
        return norm.forward(x);
    }
}
