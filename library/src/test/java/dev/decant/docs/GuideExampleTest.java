package dev.decant.docs;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The guides quote their examples word for word; {@code com.example.ProvidersTest} runs them. */
class GuideExampleTest {

    @ParameterizedTest
    @CsvSource({
        "adding-a-loss.md, LogitStandardization, loss",
        "adding-a-model.md, PlainConvNet, model",
        "adding-a-model.md, PlainConvNets, provider",
    })
    void theGuideQuotesTheSource(String page, String source, String tag) throws IOException {
        Path file = Path.of("src/test/java/com/example", source + ".java");
        Quotes.assertQuoted(Path.of("../docs", page), file, tag);
    }
}
