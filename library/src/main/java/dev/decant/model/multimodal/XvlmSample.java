package dev.decant.model.multimodal;

import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.spec.ImageTextTask;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Optional;
import java.util.stream.LongStream;

/** Random inputs of an X-VLM, to learn shapes and times by. */
final class XvlmSample {

    /** Of a text, if nobody says how many. */
    static final int TOKENS = 40;

    private static final int ANSWER_TOKENS = 8;
    private static final int ASKED = 8;

    private XvlmSample() {}

    /** @param length tokens of each text at most; answers have 8 at most */
    static Inputs.ImageText of(XvlmConfig c, int n, int length) {
        boolean pretrain = c.task() == ImageTextTask.PRETRAIN;
        boolean writes = c.task() == ImageTextTask.VQA || c.task() == ImageTextTask.CAPTION;
        long size = c.vision().size();
        Inputs.Text text = words(c, n, length);
        boolean two = c.task() == ImageTextTask.NLVR;
        return new Inputs.ImageText(
                new Inputs.Images(Tensor.randn(two ? 2L * n : n, 3, size, size)),
                text,
                Tensor.arange(n),
                Tensor.arange(n),
                c.task().boxes() ? Optional.of(regions(c, n)) : Optional.empty(),
                pretrain ? Optional.of(masked(text)) : Optional.empty(),
                writes ? Optional.of(answers(c, n, Math.min(ANSWER_TOKENS, length))) : Optional.empty(),
                c.task() == ImageTextTask.ASSIGN
                        ? Negatives.of(new long[n], LongStream.range(0, n).toArray())
                        : new Negatives(0));
    }

    private static Inputs.Text words(XvlmConfig c, int n, int longest) {
        int length = Math.min(longest, c.text().positions());
        Tensor ids = Tensor.rand(n, length).mul(c.text().vocabulary() - 1).to(DType.I64);
        return Inputs.Text.whole(ids);
    }

    /** The left half of each image. */
    private static Inputs.Regions regions(XvlmConfig c, int n) {
        Tensor box = Tensor.of(new float[] {0.25f, 0.5f, 0.5f, 1}, 1, 4).expand(n, 4);
        return new Inputs.Regions(
                box.contiguous(),
                Tensor.arange(n).zerosLike(),
                Tensor.full(1, DType.I64, n, c.vision().tokens()));
    }

    private static Inputs.Masked masked(Inputs.Text text) {
        long n = text.size();
        long length = text.ids().size(1);
        long[] asked =
                LongStream.range(0, n * ASKED).map(i -> i % ASKED % length).toArray();
        Tensor places = Tensor.of(asked, n, ASKED);
        return new Inputs.Masked(text.ids(), places, text.ids().gather(1, places));
    }

    private static Inputs.Answers answers(XvlmConfig c, int n, int length) {
        return new Inputs.Answers(words(c, n, length), Tensor.arange(n), Tensor.ones(n));
    }
}
