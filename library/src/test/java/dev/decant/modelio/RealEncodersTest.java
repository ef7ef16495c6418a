package dev.decant.modelio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.export.OnnxSession;
import dev.decant.model.Inputs;
import dev.decant.model.text.Bert;
import dev.decant.model.text.Pooling;
import dev.decant.model.text.SentenceHead;
import dev.decant.nn.Trace;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two encoders that many use, out of the artifacts of LangChain4j, which the profile {@code all} brings: hidden states and
 * embeddings are those of ONNX Runtime on sentences of several lengths in one batch.
 */
@Tag("slow")
class RealEncodersTest {

    private static final List<String> SENTENCES = List.of(
            "A man is playing a guitar.",
            "Yes",
            "The quick brown fox jumps over the lazy dog, and then it sleeps in the warm sun until the evening comes.",
            "Distillation moves what a large network knows into a small one; rounding its weights to three values makes"
                    + " it smaller still, and a few thousand sentences give back most of what that took.");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({"all-minilm-l6-v2, MEAN, 22565376, 6", "bge-small-en-v1.5, CLS, 33212160, 12"})
    void computesWhatOnnxRuntimeComputes(String name, Pooling pooling, long parameters, int depth) throws IOException {
        Path file = resource(name + ".onnx");
        resource(name + "-tokenizer.json");
        SentenceHead sentence = new SentenceHead(List.of(pooling), Optional.empty(), true, 0);
        var options = new EncoderImport.Options(Optional.empty(), sentence, ModelFolder.Existing.REFUSE);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open();
                OnnxSession session = OnnxSession.open(file);
                Tokenizer tokenizer = Tokenizer.open(folder.resolve(name + "-tokenizer.json"))) {
            EncoderImport.Imported made = EncoderImport.write(file, folder.resolve("out"), options);
            Bert encoder = made.encoder();
            assertThat(made.difference().orElse(1)).isLessThan(1e-4);
            assertThat(encoder.parameterCount()).isEqualTo(parameters);
            assertThat(encoder.signature().stack().depth()).isEqualTo(depth);

            Inputs.Text text = batch(tokenizer);
            Trace trace = Trace.of(List.of("last_hidden_state", "embedding"));
            encoder.forward(text, trace);

            Tensor mask = text.mask().to(DType.F32).unsqueeze(2);
            Tensor wanted = session.run(
                    Map.of("input_ids", text.ids(), "attention_mask", text.mask(), "token_type_ids", text.types()),
                    "last_hidden_state");
            assertThat(largest(trace.get("last_hidden_state").sub(wanted).mul(mask)))
                    .isLessThan(1e-4);
            Tensor pooled = pooling == Pooling.CLS
                    ? wanted.select(1, 0)
                    : wanted.mul(mask).sum(1).div(mask.sum(1));
            Tensor unit = pooled.div(pooled.norm(1, true));
            assertThat(largest(trace.get("embedding").sub(unit))).isLessThan(1e-5);
        }
    }

    private static double largest(Tensor difference) {
        return difference.abs().max().item();
    }

    private static Inputs.Text batch(Tokenizer tokenizer) {
        List<Tokens> rows =
                SENTENCES.stream().map(s -> tokenizer.encode(s, 512)).toList();
        int longest = rows.stream().mapToInt(t -> t.ids().length).max().orElseThrow();
        long[] ids = new long[rows.size() * longest];
        long[] mask = new long[ids.length];
        for (int row = 0; row < rows.size(); row++) {
            for (int i = 0; i < rows.get(row).ids().length; i++) {
                ids[row * longest + i] = rows.get(row).ids()[i];
                mask[row * longest + i] = 1;
            }
        }
        Tensor all = Tensor.of(ids, rows.size(), longest);
        return new Inputs.Text(all, all.zerosLike(), Tensor.of(mask, rows.size(), longest));
    }

    private Path resource(String name) throws IOException {
        Path file = folder.resolve(name);
        try (InputStream in = RealEncodersTest.class.getResourceAsStream("/" + name)) {
            Files.copy(Objects.requireNonNull(in, name + " is in no jar; the profile 'all' brings it"), file);
        }
        return file;
    }
}
