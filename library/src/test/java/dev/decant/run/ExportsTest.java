package dev.decant.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.InputException;
import dev.decant.bench.ModelBenchmark;
import dev.decant.build.ModelBuilder;
import dev.decant.build.QuantizeBuilder;
import dev.decant.export.OnnxFile;
import dev.decant.model.Catalogue;
import dev.decant.model.Network;
import dev.decant.recipe.RecipeReader;
import dev.decant.recipe.StageSpec;
import dev.decant.recipe.StageSpec.Format;
import dev.decant.report.ExportResult;
import dev.decant.report.Summary;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Rng;
import dev.decant.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rounded networks leave as they are: the codes in the file stand for the numbers that the network computed with. */
class ExportsTest {

    private static final Map<String, Object> BERT = Map.of(
            "hidden_size", 16,
            "num_hidden_layers", 2,
            "num_attention_heads", 2,
            "intermediate_size", 32,
            "vocab_size", 100,
            "max_position_embeddings", 16,
            "num_classes", 3);

    private static final Map<String, Object> CNN = Map.of("blocks", 1, "channels", List.of(4, 8, 8), "img_size", 16);

    @TempDir
    Path folder;

    @BeforeEach
    void seed() {
        Rng.seed(12);
    }

    private Path model(String architecture, Map<String, Object> args, String quantize) {
        Path model = folder.resolve("m");
        Network network = Catalogue.create(architecture, args);
        if (!quantize.isEmpty()) {
            String recipe = "data: shapes\nstudent: {model: S}\nstages:\n  - quantize: " + quantize + "\n";
            StageSpec.Quantize spec = (StageSpec.Quantize)
                    RecipeReader.readText("r.yaml", recipe, List.of()).stages().get(0);
            QuantizeBuilder.attach(spec.quantize(), network);
        }
        network.train(false);
        try (Scope scope = Scope.open();
                NoGrad quiet = NoGrad.open()) {
            network.forward(network.sample(3), dev.decant.nn.Trace.none()); // learned steps start here
            ModelBuilder.write(model, network, Map.of("vocab.txt", new byte[] {65, 10}));
        }
        return model;
    }

    private ExportResult export(Path model, Format format) {
        return Exports.export(model, format, folder.resolve(format.word() + ".onnx"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{activations: 'off'}",
                "{weights: {type: twn, group: row}, activations: 'off'}",
                "{weights: {type: twn, group: block, block: 8}, embeddings: {type: twn, group: block, block: 4}, activations: 'off'}",
                "{weights: binary, embeddings: binary, activations: 'off'}",
                "{weights: {type: asymmetric, bits: 2, group: row}, embeddings: {type: asymmetric, bits: 2}, activations: 'off'}",
                "{weights: {type: seq, levels: 4}, embeddings: {type: seq, levels: 3}, activations: 'off'}",
            })
    void fewBitsGiveTheSame(String quantize) {
        Path model = model("bert-base", BERT, quantize);
        ExportResult plain = export(model, Format.ONNX);
        ExportResult bytes = export(model, Format.ONNX_INT8);
        ExportResult bits = export(model, Format.ONNX_2BIT);
        assertThat(List.of(plain.parity(), bytes.parity(), bits.parity())).allMatch(p -> p <= OnnxFile.TOLERANCE);
        assertThat(bytes.bytes()).isLessThan(plain.bytes());
        assertThat(bits.bytes()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{weights: {type: symmetric, bits: 8, group: row}, embeddings: {type: asymmetric, bits: 8}, activations: 'off'}",
                "{weights: {type: mid-precision, bits: 4}, activations: 'off'}",
            })
    void manyBitsGoIntoBytesAlone(String quantize) {
        Path model = model("bert-base", BERT, quantize);
        assertThat(export(model, Format.ONNX_INT8).parity()).isLessThanOrEqualTo(OnnxFile.TOLERANCE);
        assertThatThrownBy(() -> export(model, Format.ONNX_2BIT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("bits, more than two; the smallest form for these is onnx-int8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{activations: {type: asymmetric, per: tensor}}",
                "{activations: learned-clip}",
                "{activations: lsq}",
                "{activations: {type: lsq, symmetric: false}}",
            })
    void roundedActivationsAreInTheGraph(String quantize) {
        Path model = model("bert-base", BERT, quantize);
        assertThat(export(model, Format.ONNX).parity()).isLessThanOrEqualTo(OnnxFile.ROUNDED_TOLERANCE);
        assertThat(export(model, Format.ONNX_2BIT).parity()).isLessThanOrEqualTo(OnnxFile.ROUNDED_TOLERANCE);
    }

    @Test
    void convolutionsToo() {
        Path model = model("resnet20_cifar", CNN, "{weights: {type: twn, group: row}, activations: 'off'}");
        assertThat(export(model, Format.ONNX_INT8).parity()).isLessThanOrEqualTo(OnnxFile.TOLERANCE);
        assertThat(export(model, Format.ONNX_2BIT).parity()).isLessThanOrEqualTo(OnnxFile.TOLERANCE);
    }

    @Test
    void weightsInFullPrecisionAreRoundedToBytes() {
        Path model = model("resnet20_cifar", CNN, "");
        assertThat(export(model, Format.ONNX_INT8).parity()).isLessThanOrEqualTo(OnnxFile.TOLERANCE);
        assertThatThrownBy(() -> export(model, Format.ONNX_2BIT))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("in full precision");
    }

    @Test
    void safetensorsHoldPlainNumbers() throws Exception {
        Path model = model("bert-base", BERT, "{activations: 'off'}");
        Path out = folder.resolve("plain");
        assertThat(Exports.export(model, Format.SAFETENSORS, out).parity()).isZero();
        assertThat(out.resolve("vocab.txt")).exists();
        assertThat(dev.decant.weights.Safetensors.read(out.resolve("model.safetensors"))
                        .tensors())
                .containsKey("bert.encoder.layer.0.attention.self.query.weight");
    }

    @Test
    void aFolderHoldsTheTokenizerToo() {
        Path model = model("bert-base", BERT, "");
        Path out = folder.resolve("shipped");
        Exports.export(model, Format.ONNX, out);
        assertThat(out.resolve("model.onnx")).exists();
        assertThat(out.resolve("vocab.txt")).exists();
        assertThat(ModelBenchmark.measure(List.of(out.toString())).get(0).parameters())
                .isEqualTo(Catalogue.create("bert-base", BERT).parameterCount());
    }

    @Test
    void imagesWithTextsAreRefusedByWhatCanBeDone() {
        Path model = folder.resolve("m");
        ModelBuilder.write(model, ImageTextTermsTest.xvlm("xvlm-small", Map.of("task", "retrieval")), Map.of());
        assertThatThrownBy(() -> export(model, Format.ONNX))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("images with texts cannot be written as ONNX yet; --format safetensors can");
        assertThat(Exports.export(model, Format.SAFETENSORS, folder.resolve("plain"))
                        .parity())
                .isZero();
    }

    @Test
    void nothingIsOverwritten() throws Exception {
        Path model = model("resnet20_cifar", CNN, "");
        Path out = Files.writeString(folder.resolve("onnx.onnx"), "thesis");
        assertThatThrownBy(() -> export(model, Format.ONNX))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("exists already");
        assertThat(out).hasContent("thesis");
    }

    @Tag("slow")
    @Test
    void aRunShipsTheFilesOfItsExportStage() {
        Path out = folder.resolve("run");
        Summary summary = TinyRecipe.run(
                out,
                false,
                "stages.export.formats=[safetensors, onnx, onnx-int8]",
                "seeds=[1]",
                "stages.distill.epochs=1",
                "teacher.train.epochs=1");
        assertThat(summary.exports().stream().map(ExportResult::file))
                .containsExactly("model/model.safetensors", "onnx/model.onnx", "onnx/model-int8.onnx");
        assertThat(summary.exports()).allMatch(e -> e.parity() <= OnnxFile.TOLERANCE);
        assertThat(out.resolve("onnx/model.onnx").toFile().length())
                .isEqualTo(summary.exports().get(1).bytes());
        assertThat(out.resolve("report.html")).content().contains("onnx/model-int8.onnx");
    }

    @Test
    void twoBitsOfAStudentThatNothingRoundsAreRefusedBeforeTheRun() {
        assertThatThrownBy(() -> TinyRecipe.run(folder.resolve("run"), false, "stages.export.formats=[onnx-2bit]"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("no stage rounds the student's");
        assertThat(folder.resolve("run")).doesNotExist();
    }
}
