package dev.decant.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.file.Json;
import dev.decant.model.text.SentenceHead;
import dev.decant.modelio.EncoderImport;
import dev.decant.modelio.ModelFolder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code decant import}. */
@Command(name = "import", description = "Makes a model folder of the encoder in an ONNX file.")
final class ImportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FILE.onnx", description = "An encoder of BERT's shape, not quantized.")
    private Path file = Path.of("");

    @Parameters(index = "1", paramLabel = "OUT", description = "The folder to write.")
    private Path out = Path.of("");

    @Option(
            names = "--tokenizer",
            paramLabel = "FILE",
            description = "tokenizer.json or vocab.txt; looked for beside the model if not given.")
    private @Nullable Path tokenizer;

    @Option(
            names = "--pooling",
            paramLabel = "WORD",
            description = "How the vectors of tokens become one: mean, cls, max, last; several joined by +.")
    private String pooling = SentenceHead.UNKNOWN.pooling();

    @Option(names = "--normalize", description = "The vector of a text is divided by its length.")
    private boolean normalize;

    @Option(names = "--json", description = "Prints one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws JsonProcessingException {
        SentenceHead sentence = new SentenceHead(SentenceHead.poolings(pooling), Optional.empty(), normalize, 0);
        EncoderImport.Imported made = EncoderImport.write(
                file,
                out,
                new EncoderImport.Options(Optional.ofNullable(tokenizer), sentence, ModelFolder.Existing.REFUSE));
        made.notes().forEach(note -> System.err.println("decant: note: " + note));
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("folder", out.toString());
            document.put("parameters", made.encoder().parameterCount());
            document.put("tokenizer", made.tokenizer().toString());
            document.put("pooling", sentence.pooling());
            made.difference().ifPresent(d -> document.put("difference", d));
            document.put("notes", made.notes());
            System.out.println(Json.MAPPER.writeValueAsString(document));
        } else {
            String check = made.difference().isPresent()
                    ? String.format(
                            Locale.ROOT,
                            "hidden states within %.1e of ONNX Runtime's",
                            made.difference().getAsDouble())
                    : "not compared, since ONNX Runtime is not there";
            System.out.printf(
                    Locale.ROOT,
                    "%s: %.1f million parameters, pooling %s, %s%n",
                    out,
                    made.encoder().parameterCount() / 1e6,
                    sentence.pooling(),
                    check);
        }
        return 0;
    }
}
