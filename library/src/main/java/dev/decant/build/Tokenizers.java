package dev.decant.build;

import dev.decant.InputException;
import dev.decant.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Which tokenizer a recipe's texts are read with. */
final class Tokenizers {

    private Tokenizers() {}

    /**
     * The one that the recipe names, that of the first model folder, or the data's own.
     *
     * @param models folders of the recipe's models that have a tokenizer; all must agree with it
     */
    static Tokenizer open(Optional<String> named, List<Path> models, Optional<Supplier<Tokenizer>> own) {
        Optional<Path> file = named.map(Path::of).or(() -> models.stream().findFirst());
        if (file.isEmpty() && own.isEmpty()) {
            throw new InputException(
                    "data: no tokenizer; give 'tokenizer:' (tokenizer.json or vocab.txt), or a model folder that has one");
        }
        Tokenizer tokenizer = file.isPresent()
                ? Tokenizer.open(file.get())
                : own.orElseThrow().get();
        models.forEach(model -> requireSame(tokenizer, model));
        return tokenizer;
    }

    /** A model that was trained with other tokens would read nonsense. */
    private static void requireSame(Tokenizer tokenizer, Path model) {
        try (Tokenizer own = Tokenizer.open(model)) {
            int shared = Math.min(own.vocabularySize(), tokenizer.vocabularySize());
            for (int id = 0; id < shared; id++) {
                if (!own.token(id).equals(tokenizer.token(id))) {
                    throw new InputException("data.tokenizer " + tokenizer + " is not that of the model " + model
                            + ": token " + id + " is '" + tokenizer.token(id) + "', there '" + own.token(id) + "'");
                }
            }
        }
    }
}
