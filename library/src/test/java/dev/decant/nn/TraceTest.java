package dev.decant.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.decant.tensor.Rng;
import dev.decant.tensor.Tensor;
import org.junit.jupiter.api.Test;

class TraceTest {

    @Test
    void keepsOnlyWhatWasAskedFor() {
        Trace trace = Trace.of("blocks.1.output");
        trace.at("blocks").at(0).offer("output", () -> {
            throw new AssertionError("nobody asked");
        });
        trace.at("blocks").at(1).offer("output", () -> Tensor.scalar(3));
        assertThat(trace.get("blocks.1.output").item()).isEqualTo(3);
        assertThat(trace.offered()).containsExactly("blocks.0.output", "blocks.1.output");
    }

    @Test
    void listsWhatIsOfferedWhenAskedForSomethingElse() {
        Trace trace = Trace.of("stage5");
        trace.offer("stage1", () -> Tensor.scalar(1));
        assertThatThrownBy(() -> trace.get("stage5"))
                .hasMessageContaining("no tap 'stage5'")
                .hasMessageContaining("the model offers: stage1");
    }

    @Test
    void attentionIsTheSameWithAndWithoutItsMap() {
        Rng.seed(3);
        Attention attention = new Attention(8, 2, true);
        Tensor x = Tensor.randn(2, 5, 8);
        Trace trace = Trace.of("map");
        Tensor written = attention.forward(x, trace);
        Tensor fused = attention.forward(x, Trace.none());
        assertThat(written.sub(fused).abs().max().item()).isCloseTo(0, within(1e-6));
        assertThat(trace.get("map").sum(-1).sub(1).abs().max().item()).isCloseTo(0, within(1e-6));
    }

    @Test
    void aModuleNamesItsPartsByPath() {
        TransformerBlock block = new TransformerBlock(new TransformerBlock.Config(8, 2, 4, true, 1e-6, 0));
        assertThat(block.state().keySet())
                .containsExactly(
                        "norm1.weight",
                        "norm1.bias",
                        "attn.qkv.weight",
                        "attn.qkv.bias",
                        "attn.proj.weight",
                        "attn.proj.bias",
                        "norm2.weight",
                        "norm2.bias",
                        "mlp.fc1.weight",
                        "mlp.fc1.bias",
                        "mlp.fc2.weight",
                        "mlp.fc2.bias");
        assertThat(block.parameterCount()).isEqualTo(12L * 64 + 13 * 8);
    }

    @Test
    void nothingWantedIsNothingKeptAndAListingHearsOfEveryPart() {
        assertThat(Trace.of().wantsAnyOf("blocks")).isFalse();
        assertThat(Trace.of("blocks.0.map").wantsAnyOf("blocks")).isTrue();
        assertThat(Trace.none().wantsAnyOf("blocks")).isFalse();
        Trace listing = Trace.listing();
        assertThat(listing.wantsAnyOf("blocks")).isTrue();
        assertThat(listing.at("blocks").wants("0")).isFalse();
        assertThat(listing.offered()).containsExactly("blocks.0");
    }
}
