package dev.decant.recipe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A model: a catalogue name with arguments, or a model folder. */
@About("A model by its catalogue name (timm's names), or a folder with config.json and model.safetensors.")
public record ModelSpec(
        @About("catalogue name such as `resnet18`, a model folder, or an encoder inside a jar: "
                        + "`maven:GROUP:ARTIFACT:VERSION` or `jar:PATH`")
                String model,
        @About("model arguments by timm's names (`img_size`, `patch_size`, `depth`, `embed_dim`, `num_heads`, ...); "
                        + "`num_classes` comes from the data by default")
                @Default("{}")
                Map<String, Object> config,
        @About("initial weights: a .safetensors, .pth or .bin file, or a model folder") Optional<String> weights) {

    /** Argument names may be written with hyphens; they are kept with underscores, as timm has them. */
    public ModelSpec {
        Map<String, Object> named = new LinkedHashMap<>();
        Checks check = new Checks();
        config.forEach((key, value) -> check.that(
                named.put(key.replace('-', '_'), value) == null,
                "config." + key,
                "is given twice, with hyphen and underscore"));
        check.notBlank("model", model);
        check.done();
        config = Collections.unmodifiableMap(named);
    }
}
