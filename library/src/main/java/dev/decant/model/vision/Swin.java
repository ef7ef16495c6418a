package dev.decant.model.vision;

import dev.decant.ModelException;
import dev.decant.model.Catalogue;
import dev.decant.model.ImageClassifier;
import dev.decant.model.ModelArgs;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.nn.AttentionCore;
import dev.decant.nn.Conv2d;
import dev.decant.nn.DropPath;
import dev.decant.nn.Init;
import dev.decant.nn.LayerNorm;
import dev.decant.nn.Linear;
import dev.decant.nn.Mlp;
import dev.decant.nn.Module;
import dev.decant.nn.PatchEmbed;
import dev.decant.nn.PrunableAxis;
import dev.decant.nn.Trace;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Swin transformer (Liu et al. 2021, arXiv 2103.14030): attention within windows that shift by half at every second block.
 *
 * <p>Names and mathematics are those of timm 1.0.29's {@code SwinTransformer}: patches are merged at the beginning of a
 * stage, a window never exceeds its grid and does not shift when it covers it, and a grid that does not divide is padded
 * with zeros that take part in attention. {@code swin_nano} and {@code swin_pico} are the small students of OFA-KD (Hao
 * et al. 2023, arXiv 2310.19444), which timm does not have. Linear maps start normal with deviation 0.02 and bias zero,
 * the patch projection uniform. Differs from timm in masking by the padded grid where an odd grid was merged; timm
 * refuses some of those.
 *
 * <p>Stages are (N, T, C), taken before the next merging. A block offers {@code layers.s.blocks.i} as (N, T, C) and
 * {@code layers.s.blocks.i.attn.scores}, {@code map}, {@code context} and {@code output}, whose first dimension counts
 * the windows of all images.
 */
final class Swin extends ImageClassifier {

    private static final double EPS = 1e-5;
    private static final int STAGES = 4;

    private final PatchEmbed patchEmbed;
    private final List<Stage> layers = new ArrayList<>();
    private final LayerNorm norm;
    private final Linear head;
    private final int featureWidth;

    /** Sizes under timm's argument names; {@code depths} and {@code numHeads} have one number for each of four stages. */
    public record Config(
            int patchSize,
            int windowSize,
            int embedDim,
            List<Integer> depths,
            List<Integer> numHeads,
            double mlpRatio,
            double dropPathRate) {

        public Config {
            depths = List.copyOf(depths);
            numHeads = List.copyOf(numHeads);
        }

        static Config window7(int embedDim, List<Integer> depths, List<Integer> numHeads, double dropPathRate) {
            return new Config(4, 7, embedDim, depths, numHeads, 4, dropPathRate);
        }

        /** Blocks in the first {@code stages} stages. */
        private int blocks(int stages) {
            return depths.stream().limit(stages).mapToInt(Integer::intValue).sum();
        }

        Config with(ModelArgs args) {
            return new Config(
                    args.integer("patch_size", patchSize),
                    args.integer("window_size", windowSize),
                    args.integer("embed_dim", embedDim),
                    args.perStage("depths", depths),
                    args.perStage("num_heads", numHeads),
                    args.factor("mlp_ratio", mlpRatio),
                    args.rate("drop_path_rate", dropPathRate));
        }
    }

    /** Self-attention within windows, with a learned bias for each relative position of two tokens. */
    private static final class WindowAttention extends Module {

        private final long headWidth;
        private final int area;
        private final Tensor biasTable;
        private final Tensor biasIndex;
        private final Linear qkv;
        private final Linear proj;
        private final AttentionCore core;

        WindowAttention(long width, int heads, int window) {
            if (width % heads != 0) {
                throw new ModelException(
                        "num_heads: a stage of width " + width + " does not divide by " + heads + " heads");
            }
            headWidth = width / heads;
            area = window * window;
            biasTable = parameter(
                    "relative_position_bias_table", Init.normal(0.02, (2L * window - 1) * (2L * window - 1), heads));
            biasIndex = constant(Windows.relativePositions(window));
            qkv = child("qkv", new Linear(width, 3 * width));
            proj = child("proj", new Linear(width, width));
            core = new AttentionCore(this, heads, (4 * width * width + 4 * width) / heads, 0);
            core.heads().over(qkv.outputs(3, headWidth));
            core.heads().over(proj.inputs(headWidth));
            core.heads().over(new PrunableAxis(biasTable, 1));
        }

        /** x (N nW, T, C) with nW windows per image, mask (nW, 1, T, T) or none; returns the shape of x. */
        Tensor forward(Tensor x, List<Tensor> mask, Trace trace) {
            long[] s = x.shape();
            Tensor parts = qkv.forward(x)
                    .reshape(s[0], area, 3, core.heads().units(), headWidth)
                    .permute(2, 0, 3, 1, 4); // (3, N nW, H, T, D)
            Tensor bias = Ops.embedding(biasTable, biasIndex).permute(2, 0, 1).unsqueeze(0); // (1, H, T, T)
            for (Tensor m : mask) {
                bias = bias.add(m); // (nW, H, T, T)
            }
            List<Tensor> qkvs = parts.unbind(0);
            Tensor context = core.attend(qkvs.get(0), qkvs.get(1), qkvs.get(2), List.of(bias), trace)
                    .transpose(1, 2)
                    .reshape(s[0], area, -1);
            Tensor output = core.project(proj, context, trace);
            trace.offer("output", output);
            return output;
        }
    }

    /** Pre-norm block whose attention sees one window at a time; windows of a shifted block straddle those of the last. */
    private static final class Block extends Module {

        private final Windows windows;
        private final List<Tensor> mask;
        private final LayerNorm norm1;
        private final WindowAttention attn;
        private final LayerNorm norm2;
        private final Mlp mlp;
        private final double dropPath;

        Block(int width, int heads, double mlpRatio, double dropPath, Windows windows) {
            this.windows = windows;
            this.dropPath = dropPath;
            mask = windows.mask().stream().map(this::constant).toList();
            norm1 = child("norm1", new LayerNorm(width, EPS));
            attn = child("attn", new WindowAttention(width, heads, windows.size()));
            norm2 = child("norm2", new LayerNorm(width, EPS));
            mlp = child("mlp", new Mlp(width, (long) (width * mlpRatio)));
        }

        /** x (N, G, G, C); returns the same shape. */
        Tensor forward(Tensor x, Trace trace) {
            return Scope.only(() -> pass(x, trace));
        }

        private Tensor pass(Tensor x, Trace trace) {
            Tensor inWindows = windows.split(norm1.forward(x)); // (N nW, T, C)
            x = x.add(drop(windows.join(attn.forward(inWindows, mask, trace.at("attn")))));
            return x.add(drop(mlp.forward(norm2.forward(x))));
        }

        private Tensor drop(Tensor branch) {
            return isTraining() ? DropPath.dropPath(branch, dropPath) : branch;
        }
    }

    /** Joins each 2x2 cell of the grid, column by column, and halves its width. */
    private static final class PatchMerging extends Module {

        private final LayerNorm norm;
        private final Linear reduction;

        PatchMerging(long width, long output) {
            norm = child("norm", new LayerNorm(4 * width, EPS));
            reduction = child("reduction", new Linear(4 * width, output, false));
        }

        /** x (N, G, G, C); returns (N, G/2, G/2, 2C), an odd grid padded with zeros. */
        Tensor forward(Tensor x) {
            long odd = x.size(1) % 2;
            Tensor even = odd == 0 ? x : x.pad(0, 0, 0, odd, 0, odd);
            long[] s = even.shape();
            long half = s[1] / 2;
            Tensor cells = even.reshape(s[0], half, 2, half, 2, s[3])
                    .permute(0, 1, 3, 4, 2, 5)
                    .reshape(s[0], half, half, 4 * s[3]);
            return reduction.forward(norm.forward(cells));
        }
    }

    /** Merging, except in the first stage, then blocks on one grid. */
    private static final class Stage extends Module {

        private final List<PatchMerging> downsample;
        private final List<Block> blocks = new ArrayList<>();

        Stage(Config c, int stage, int patches) {
            int width = c.embedDim << stage;
            downsample = stage == 0 ? List.of() : List.of(child("downsample", new PatchMerging(width / 2, width)));
            int halved = patches >> stage;
            int actual = patches;
            for (int i = 0; i < stage; i++) {
                actual = (actual + 1) / 2;
            }
            int before = c.blocks(stage);
            for (int i = 0; i < c.depths.get(stage); i++) {
                double dropPath = DropPath.growing(c.dropPathRate, c.blocks(STAGES))[before + i];
                Windows windows = Windows.of(halved, actual, c.windowSize, i % 2 == 1);
                blocks.add(
                        child("blocks." + i, new Block(width, c.numHeads.get(stage), c.mlpRatio, dropPath, windows)));
            }
        }

        /** x (N, G, G, C), the stage before's output; returns this one's. */
        Tensor forward(Tensor x, Trace trace) {
            for (PatchMerging merging : downsample) {
                x = merging.forward(x);
            }
            for (int i = 0; i < blocks.size(); i++) {
                x = blocks.get(i).forward(x, trace.at("blocks").at(i));
                Tensor output = x;
                trace.at("blocks").offer(Integer.toString(i), () -> tokens(output));
            }
            return x;
        }
    }

    public Swin(ModelConfig config, Config c) {
        super(config);
        int size = imageInput().size();
        int grid = PatchEmbed.grid(size, c.patchSize);
        int smallest = 1 << (STAGES - 1);
        if (grid < smallest) {
            throw new ModelException("img_size " + size + " with patch_size " + c.patchSize
                    + " leaves a grid of " + grid + "x" + grid + "; four stages need at least " + smallest + "x"
                    + smallest + ": take a smaller patch_size");
        }
        LayerNorm patchNorm = new LayerNorm(c.embedDim, EPS);
        patchEmbed = child(
                "patch_embed",
                new PatchEmbed(size, Conv2d.uniformPatches(3, c.embedDim, c.patchSize), List.of(patchNorm)));
        for (int i = 0; i < STAGES; i++) {
            layers.add(child("layers." + i, new Stage(c, i, grid)));
        }
        featureWidth = c.embedDim << (STAGES - 1);
        norm = child("norm", new LayerNorm(featureWidth, EPS));
        head = child("head.fc", new Linear(featureWidth, config.classes()));
    }

    @Override
    public Tensor forward(Tensor images, Trace trace) {
        Tensor x = patchEmbed.forward(images); // (N, G, G, C)
        for (int i = 0; i < STAGES; i++) {
            x = layers.get(i).forward(x, trace.at("layers").at(i));
            Tensor output = x;
            trace.offer("stage" + (i + 1), () -> tokens(output));
        }
        Tensor features = norm.forward(x).mean(false, 1, 2); // (N, C)
        trace.offer("features", features);
        Tensor logits = head.forward(features);
        trace.offer("logits", logits);
        return logits;
    }

    private static Tensor tokens(Tensor x) {
        return x.reshape(x.size(0), -1, x.size(3)); // (N, T, C)
    }

    @Override
    public int featureWidth() {
        return featureWidth;
    }

    @Override
    public int prefixTokens() {
        return 0;
    }

    public static List<Catalogue.Entry> entries() {
        List<Integer> small = List.of(2, 2, 2, 2);
        List<Integer> smallHeads = List.of(2, 4, 8, 16);
        Config tiny = Config.window7(96, List.of(2, 2, 6, 2), List.of(3, 6, 12, 24), 0.1);
        Config base = Config.window7(128, List.of(2, 2, 18, 2), List.of(4, 8, 16, 32), 0.1);
        return List.of(
                entry("swin_tiny_patch4_window7_224", tiny),
                entry("swin_base_patch4_window7_224", base),
                entry("swin_nano", Config.window7(64, small, smallHeads, 0)),
                entry("swin_pico", Config.window7(48, small, smallHeads, 0)));
    }

    private static Catalogue.Entry entry(String name, Config defaults) {
        ImageInput input = new ImageInput(224, ImageInput.IMAGENET_MEAN, ImageInput.IMAGENET_STD, "bicubic", 0.9);
        return new Catalogue.Entry(name, 1000, input, (config, args) -> new Swin(config, defaults.with(args)));
    }
}
