package dev.decant.data.imagetext;

import dev.decant.data.Problems;
import dev.decant.spec.ImageTextTask;
import dev.decant.text.Tokenizer;
import dev.decant.text.Tokens;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tokens of every text of a split, made once. Texts that leave nothing to read are reported together. */
final class ImageTextTokens {

    private final ImageTextLayout layout;
    private final Tokenizer tokenizer;
    private final List<Tokens> examples;
    private final Map<String, Tokens> regions = new LinkedHashMap<>();
    private final Map<String, Tokens> written = new LinkedHashMap<>();
    private final Tokens prompt;

    ImageTextTokens(ImageTextData data, Tokenizer tokenizer, ImageTextLayout layout) {
        this.layout = layout;
        this.tokenizer = tokenizer;
        this.prompt = prompt(tokenizer, layout.prompt());
        Problems complaints = new Problems("texts");
        boolean writes = data.task() == ImageTextTask.CAPTION;
        examples = writes ? List.of() : examples(data, complaints);
        Set<String> phrases = new LinkedHashSet<>();
        for (RegionExample image : data.regions()) {
            for (RegionExample.Region region : image.regions()) {
                if (CaptionText.clean(region.text(), layout.maxWords()).isEmpty()) {
                    complaints.add(image.where(), "a region's text '" + region.text() + "' has no word in it");
                }
                phrases.add(region.text());
            }
        }
        put(regions, List.copyOf(phrases), true);
        Set<String> texts = new LinkedHashSet<>();
        data.examples().forEach(e -> texts.addAll(written(e, writes)));
        put(written, List.copyOf(texts), writes);
        complaints.done();
    }

    private List<Tokens> examples(ImageTextData data, Problems complaints) {
        List<String> texts = new ArrayList<>();
        for (ImageTextExample example : data.examples()) {
            String clean = CaptionText.clean(example.text(), layout.maxWords());
            if (clean.isEmpty()) {
                complaints.add(example.where(), "the text '" + example.text() + "' has no word in it");
            }
            texts.add(clean);
        }
        return tokenizer.ids(texts).stream()
                .map(ids -> tokenizer.join(ids, layout.maxLength()))
                .toList();
    }

    private static List<String> written(ImageTextExample example, boolean writesText) {
        if (writesText) {
            return List.of(example.text());
        }
        return example.truth() instanceof ImageTextExample.Written w ? w.texts() : List.of();
    }

    private void put(Map<String, Tokens> into, List<String> texts, boolean cleaned) {
        List<String> read = texts.stream()
                .map(t -> cleaned ? CaptionText.clean(t, layout.maxWords()) : t)
                .map(t -> into == written && cleaned ? layout.prompt() + " " + t : t)
                .toList();
        List<int[]> ids = tokenizer.ids(read);
        for (int i = 0; i < ids.size(); i++) {
            into.put(texts.get(i), tokenizer.join(ids.get(i), layout.maxLength()));
        }
    }

    /** The prompt with the token that begins a text, but not the one that ends it. */
    static Tokens prompt(Tokenizer tokenizer, String words) {
        int[] whole = tokenizer.encode(words, Integer.MAX_VALUE).ids();
        int[] ids = Arrays.copyOf(whole, whole.length - 1);
        return new Tokens(ids, new int[ids.length]);
    }

    /** What the model reads of an example: its text, or the prompt where a text is to be written. */
    Tokens example(int index) {
        return examples.isEmpty() ? prompt : examples.get(index);
    }

    Tokens region(String text) {
        Tokens known = regions.get(text);
        if (known == null) {
            throw new IllegalArgumentException("no region is called '" + text + "'");
        }
        return known;
    }

    /** An answer, or a caption with the prompt before it. */
    Tokens written(String text) {
        Tokens known = written.get(text);
        if (known == null) {
            throw new IllegalArgumentException("'" + text + "' was not written about any image");
        }
        return known;
    }
}
