package dev.decant.model.multimodal;

import dev.decant.ModelException;
import dev.decant.model.Catalogue;
import dev.decant.model.Inputs;
import dev.decant.model.Inputs.ImageText;
import dev.decant.model.ModelConfig;
import dev.decant.model.ModelConfig.ImageInput;
import dev.decant.model.ModelConfig.ImageTextInput;
import dev.decant.model.ModelConfig.TextInput;
import dev.decant.model.Negatives;
import dev.decant.model.Network;
import dev.decant.model.Stack;
import dev.decant.model.VisionLanguage;
import dev.decant.model.multimodal.XvlmConfig.Depths;
import dev.decant.model.text.BertConfig;
import dev.decant.model.text.BertEncoder;
import dev.decant.model.text.Context;
import dev.decant.model.text.LanguageHead;
import dev.decant.nn.Linear;
import dev.decant.nn.Trace;
import dev.decant.spec.ImageTextTask;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.DType;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import dev.decant.weights.StoredWeights;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * X-VLM with the vision encoder of CLIP or DeiT (Zeng et al. 2021, arXiv 2111.08276), teacher and student of EfficientVLM (Wang et al. 2022,
 * arXiv 2210.07795): a vision transformer, and one stack of BERT layers of which the first see the text alone and the others
 * look at the image too.
 *
 * <p>Names are those of the published checkpoints: {@code vision_encoder.encoder.layers.0.self_attn.q_proj.weight}, {@code
 * text_encoder.bert.encoder.layer.6.crossattention.self.key.weight} ({@code text_encoder.encoder} outside pre-training).
 *
 * <p>What is built and offered depends on the task. Pre-training and retrieval offer {@code similarity} (N, N), the cosines
 * of image i and text j over the temperature; {@code match} (3 N, 2), the logits of the pairs of the batch, of each text with
 * a wrong image and of each image with a wrong text, in this order ({@link Negatives}); pre-training also {@code words}
 * (8 N, V) at the places that are asked with the words there, {@code hidden_words} (8 N), -100 where there is none, and, as
 * grounding does, {@code boxes} (N, 4). NLVR offers {@code logits} (N, 2), text
 * assignment, which may come before it, {@code logits} (N, 3) of two images that it draws for each text ({@link
 * Negatives#drawTwo}); VQA and captions {@code words} (A T, V): at each place the logits of the next token, and {@code
 * question_of} (A), the question or image that each text is written for.
 *
 * <p>The forward pass gives the last of these, and for pre-training and retrieval the logits of the batch's own pairs (N, 2).
 * What no trace wants is not computed.
 */
public final class Xvlm extends Network implements VisionLanguage {

    private static final double LEAST_TEMPERATURE = 0.001;
    private static final double MOST_TEMPERATURE = 0.5;
    private static final double SMALLEST_NORM = 1e-12;

    private final XvlmConfig config;
    private final VisionEncoder vision;
    private final BertEncoder text;
    private final Optional<LanguageHead> words;
    private final Optional<BertEncoder> decoder;
    private final Map<String, Linear> projections = new LinkedHashMap<>();
    private final Map<String, MlpHead> heads = new LinkedHashMap<>();
    private final Optional<Tensor> temperature;

    Xvlm(ModelConfig model, XvlmConfig c) {
        super(model);
        config = c;
        vision = child("vision_encoder", VisionEncoder.of(c.visionKind(), c.vision()));
        String stack = c.task() == ImageTextTask.CAPTION ? "text_decoder" : "text_encoder";
        var cross = new BertEncoder.Cross(
                c.textLayers(), c.vision().width(), c.task().showsTwo() && c.sharesKeys());
        text = child(c.hasLanguageHead() ? stack + ".bert" : stack, new BertEncoder(c.stack(), cross));
        decoder = c.task() == ImageTextTask.VQA
                ? Optional.of(child(
                        "text_decoder.bert",
                        new BertEncoder(
                                c.decoder(), new BertEncoder.Cross(0, c.text().width(), false))))
                : Optional.empty();
        String speaker = c.task() == ImageTextTask.PRETRAIN ? "text_encoder" : "text_decoder";
        words = c.hasLanguageHead() || c.task() == ImageTextTask.VQA
                ? Optional.of(child(speaker + ".cls.predictions", new LanguageHead(c.text())))
                : Optional.empty();
        temperature = c.task().contrasts()
                ? Optional.of(parameter("temp", Tensor.scalar(c.temperature())))
                : Optional.empty();
        if (c.task().contrasts()) {
            projection("vision_proj", c.vision().width(), c.embedDim());
            projection("text_proj", c.text().width(), c.embedDim());
            head("itm_head", 2);
        }
        if (c.task().boxes()) {
            head("bbox_head", 4);
        }
        if (c.task() == ImageTextTask.ASSIGN) {
            projection("vision_proj", c.vision().width(), c.embedDim());
            projection("ta_head", c.text().width(), c.classes());
        }
        if (c.task() == ImageTextTask.NLVR) {
            head("cls_head", c.classes());
        }
    }

    private void projection(String name, long width, long outputs) {
        projections.put(name, child(name, Linear.uniform(width, outputs)));
    }

    private void head(String name, long outputs) {
        heads.put(name, child(name, new MlpHead(config.text().width(), outputs)));
    }

    @Override
    public Tensor forward(Inputs inputs, Trace trace) {
        if (!(inputs instanceof ImageText batch)) {
            throw new ModelException(config().architecture() + " takes images with texts, not " + inputs.kind());
        }
        return switch (config.task()) {
            case PRETRAIN, RETRIEVAL -> contrastAndMatch(batch, trace);
            case ASSIGN -> assigned(batch, trace);
            case NLVR -> classify(batch, trace);
            case VQA -> answered(batch, trace);
            case CAPTION -> captioned(batch, trace);
            case GROUNDING -> grounded(batch, trace);
        };
    }

    /**
     * Images for texts.
     *
     * @param tokens of images, or of each text's part of one, (M, 1 + G G, C)
     * @param imageOf the image that each text is about, unless each has a part of its own
     * @param context each text's image or part of it
     * @param whole each text's whole image; the same if texts are about whole images
     */
    private record Seen(Tensor tokens, Optional<Tensor> imageOf, Context context, Context whole) {

        /** (M, D) to (N, D). */
        Tensor byText(Tensor features) {
            return imageOf.map(of -> features.indexSelect(0, of)).orElse(features);
        }

        /** For each text a wrong image, and then its own again. */
        Context others(Tensor images) {
            Tensor own = Tensor.arange(images.device(), images.size(0));
            return context.rows(Tensor.cat(List.of(images, own), 0));
        }
    }

    private Seen see(ImageText batch, Trace trace) {
        Tensor pixels = batch.images().pixels();
        Trace own = trace.at(XvlmParts.VISION);
        Tensor imageOf = batch.imageOf();
        if (batch.regions().isEmpty()) {
            Tensor tokens = vision.forward(pixels, own);
            Context context = Context.of(tokens).rows(imageOf);
            return new Seen(tokens, Optional.of(imageOf), context, context);
        }
        Tensor patches = batch.regions().get().patches();
        VisionEncoder.Seen seen = vision.forward(pixels, imageOf, patches, own);
        return new Seen(
                seen.parts(),
                Optional.empty(),
                Context.of(seen.parts(), List.of(BertEncoder.bias(patches))),
                Context.of(seen.whole()).rows(imageOf));
    }

    /** Contrast, matching and, in pre-training, masked words and boxes. */
    private Tensor contrastAndMatch(ImageText batch, Trace trace) {
        clampTemperature();
        Seen seen = see(batch, trace);
        Tensor mask = batch.text().mask();
        Tensor tokens = textTokens(batch.text(), BertEncoder.bias(mask), trace.at(XvlmParts.TEXT));
        Tensor similarity = similarity(seen.byText(imageFeatures(seen.tokens)), textFeatures(tokens));
        trace.offer("similarity", similarity);
        Tensor first = fuse(tokens, mask, List.of(seen.context), trace.at(XvlmParts.CROSS))
                .select(1, 0);
        MlpHead judge = head("itm_head");
        Tensor own = judge.forward(first); // (N, 2)
        boolean wantsMatch = trace.wants("match");
        boolean many = batch.size() > 1;
        if (wantsMatch || (trace.wantsAnyOf(XvlmParts.NEGATIVES) && many)) {
            Negatives pairs = batch.negatives()
                    .draw(similarity, batch.regions().isPresent() ? Optional.empty() : Optional.of(batch.ids()));
            Tensor wrong = judge.forward(mismatched(batch.with(pairs), tokens, seen, trace.at(XvlmParts.NEGATIVES)));
            trace.offer("match", Tensor.cat(List.of(own, wrong), 0));
        }
        batch.masked().filter(m -> config.task() == ImageTextTask.PRETRAIN).ifPresent(m -> fill(batch, m, seen, trace));
        if (config.task() == ImageTextTask.PRETRAIN && batch.regions().isPresent() && trace.wants("boxes")) {
            trace.offer("boxes", boxes(tokens, mask, seen.whole, Trace.none()));
        }
        return own;
    }

    /** First tokens of each text with a wrong image, then of each image with a wrong text: (2 N, H). */
    private Tensor mismatched(ImageText batch, Tensor tokens, Seen seen, Trace trace) {
        Tensor mask = batch.text().mask();
        batch.negatives().offer(trace, tokens.device());
        Tensor images = batch.negatives().images(tokens.device());
        Tensor texts = batch.negatives().texts(tokens.device());
        Tensor both = Tensor.cat(List.of(tokens, tokens.indexSelect(0, texts)), 0);
        Tensor masks = Tensor.cat(List.of(mask, mask.indexSelect(0, texts)), 0);
        return fuse(both, masks, List.of(seen.others(images)), trace).select(1, 0);
    }

    /** The words that are hidden, from the rest of the text and the image. */
    private void fill(ImageText batch, Inputs.Masked masked, Seen seen, Trace trace) {
        if (!trace.wants("words") && !trace.wants("hidden_words") && !trace.wantsAnyOf(XvlmParts.MASKED)) {
            return;
        }
        Trace own = trace.at(XvlmParts.MASKED);
        Tensor mask = batch.text().mask();
        Tensor x = text.embed(new Inputs.Text(masked.ids(), batch.text().types(), mask));
        own.offer("embeddings", x);
        own.offer("mask", mask);
        var pass = new BertEncoder.Pass(0, config.depth(), BertEncoder.bias(mask), List.of(seen.context));
        x = text.run(x, pass, own.at("layer"));
        Tensor places = masked.positions()
                .unsqueeze(2)
                .expand(x.size(0), masked.positions().size(1), x.size(2));
        Tensor asked = x.gather(1, places).reshape(-1, x.size(2)); // (8 N, H)
        trace.offer("words", wordLogits(asked, text));
        trace.offer("hidden_words", masked.labels().reshape(-1));
    }

    /** Each text with two images of the batch, (N, 3). */
    private Tensor assigned(ImageText batch, Trace trace) {
        Tensor mask = batch.text().mask();
        Tensor tokens = textTokens(batch.text(), BertEncoder.bias(mask), trace.at(XvlmParts.TEXT));
        Tensor seen = vision.forward(batch.images().pixels(), trace.at(XvlmParts.VISION));
        Negatives shown;
        try (NoGrad quiet = NoGrad.open();
                Autocast off = Autocast.off(seen.device())) {
            Tensor features = imageFeatures(seen.to(DType.F32)).indexSelect(0, batch.imageOf());
            Tensor alike = features.matmul(features.transpose(0, 1)).div(config.temperature());
            shown = batch.negatives().drawTwo(alike, batch.ids());
        }
        shown.offer(trace.at(XvlmParts.NEGATIVES), seen.device());
        Context own = Context.of(seen).rows(batch.imageOf());
        List<Context> images = List.of(own.rows(shown.images(seen.device())), own.rows(shown.seconds(seen.device())));
        Tensor first = fuse(tokens, mask, images, trace.at(XvlmParts.CROSS)).select(1, 0);
        Tensor logits = projection("ta_head").forward(first);
        trace.offer("logits", logits);
        return logits;
    }

    private Tensor classify(ImageText batch, Trace trace) {
        Tensor pixels = batch.images().pixels();
        if (pixels.size(0) != 2L * batch.size()) {
            throw new ModelException("statements are about two images each: " + batch.size() + " statements need "
                    + 2 * batch.size() + " images, got " + pixels.size(0));
        }
        Tensor mask = batch.text().mask();
        Tensor tokens = textTokens(batch.text(), BertEncoder.bias(mask), trace.at(XvlmParts.TEXT));
        Tensor seen = vision.forward(pixels, trace.at(XvlmParts.VISION));
        List<Context> images = new ArrayList<>();
        for (long offset : new long[] {0, batch.size()}) {
            images.add(Context.of(seen.narrow(0, offset, batch.size())).rows(batch.imageOf()));
        }
        Tensor logits = head("cls_head")
                .forward(fuse(tokens, mask, images, trace.at(XvlmParts.CROSS)).select(1, 0));
        trace.offer("logits", logits);
        return logits;
    }

    private Tensor answered(ImageText batch, Trace trace) {
        Inputs.Answers answers = answers(batch);
        Tensor mask = batch.text().mask();
        Seen seen = see(batch, trace);
        Tensor tokens = textTokens(batch.text(), BertEncoder.bias(mask), trace.at(XvlmParts.TEXT));
        Tensor states = fuse(tokens, mask, List.of(seen.context), trace.at(XvlmParts.CROSS));
        return written(answers, Context.of(states, List.of(BertEncoder.bias(mask))), trace);
    }

    private Tensor captioned(ImageText batch, Trace trace) {
        Tensor seen = vision.forward(batch.images().pixels(), trace.at(XvlmParts.VISION));
        return written(answers(batch), Context.of(seen).rows(batch.imageOf()), trace);
    }

    private Tensor written(Inputs.Answers answers, Context questions, Trace trace) {
        Tensor logits = decode(answers.text(), questions.rows(answers.questionOf()), trace);
        trace.offer("words", () -> logits.reshape(-1, logits.size(2)));
        trace.offer("question_of", answers.questionOf());
        return logits;
    }

    private Inputs.Answers answers(ImageText batch) {
        return batch.answers()
                .orElseThrow(() -> new ModelException(config().architecture() + " for "
                        + config.task().word() + " writes texts; the batch has none"));
    }

    private Tensor grounded(ImageText batch, Trace trace) {
        Tensor mask = batch.text().mask();
        Tensor seen = vision.forward(batch.images().pixels(), trace.at(XvlmParts.VISION));
        Tensor tokens = textTokens(batch.text(), BertEncoder.bias(mask), trace.at(XvlmParts.TEXT));
        Context image = Context.of(seen).rows(batch.imageOf());
        Tensor boxes = boxes(tokens, mask, image, trace.at(XvlmParts.CROSS));
        trace.offer("boxes", boxes);
        return boxes;
    }

    @Override
    public Tensor imageTokens(Tensor pixels) {
        return vision.forward(pixels, Trace.none());
    }

    @Override
    public Tensor textTokens(Inputs.Text texts) {
        return textTokens(texts, BertEncoder.bias(texts.mask()), Trace.none());
    }

    private Tensor textTokens(Inputs.Text texts, Tensor bias, Trace trace) {
        Tensor x = text.embed(texts);
        trace.offer("embeddings", x);
        trace.offer("mask", texts.mask());
        return text.run(x, new BertEncoder.Pass(0, config.textLayers(), bias, List.of()), trace.at("layer"));
    }

    @Override
    public Tensor imageFeatures(Tensor imageTokens) {
        return unit(projection("vision_proj").forward(imageTokens.select(1, 0)));
    }

    @Override
    public Tensor textFeatures(Tensor textTokens) {
        return unit(projection("text_proj").forward(textTokens.select(1, 0)));
    }

    @Override
    public Tensor match(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask) {
        List<Context> images = List.of(Context.of(imageTokens).rows(imageOf));
        return head("itm_head")
                .forward(fuse(textTokens, textMask, images, Trace.none()).select(1, 0));
    }

    @Override
    public Tensor boxes(Tensor imageTokens, Tensor imageOf, Tensor textTokens, Tensor textMask) {
        return boxes(textTokens, textMask, Context.of(imageTokens).rows(imageOf), Trace.none());
    }

    private Tensor boxes(Tensor tokens, Tensor mask, Context image, Trace trace) {
        Tensor first = fuse(tokens, mask, List.of(image), trace).select(1, 0);
        return head("bbox_head").forward(first).sigmoid();
    }

    @Override
    public Tensor questionStates(Tensor imageTokens, Tensor imageOf, Inputs.Text question) {
        List<Context> images = List.of(Context.of(imageTokens).rows(imageOf));
        return fuse(textTokens(question), question.mask(), images, Trace.none());
    }

    @Override
    public Writer writer(Tensor states, Tensor statesMask) {
        Context all = Context.of(states, List.of(BertEncoder.bias(statesMask)));
        return (begun, stateOf) -> decode(begun, all.rows(stateOf), Trace.none());
    }

    private Tensor decode(Inputs.Text prefix, Context states, Trace trace) {
        Tensor bias = BertEncoder.causalBias(prefix.mask());
        List<Context> others = List.of(states);
        if (decoder.isEmpty()) {
            Tensor x = textTokens(prefix, bias, trace.at(XvlmParts.TEXT));
            return wordLogits(fuse(x, prefix.mask(), bias, others, trace.at(XvlmParts.CROSS)), text);
        }
        BertEncoder writer = decoder.get();
        Trace own = trace.at(XvlmParts.DECODER);
        Tensor x = writer.embed(prefix);
        own.offer("embeddings", x);
        own.offer("mask", prefix.mask());
        x = writer.run(x, new BertEncoder.Pass(0, config.decoderLayers(), bias, others), own.at("layer"));
        return wordLogits(x, writer);
    }

    private Tensor fuse(Tensor tokens, Tensor mask, List<Context> images, Trace trace) {
        return fuse(tokens, mask, BertEncoder.bias(mask), images, trace);
    }

    private Tensor fuse(Tensor tokens, Tensor mask, Tensor bias, List<Context> images, Trace trace) {
        trace.offer("embeddings", tokens);
        trace.offer("mask", mask);
        var pass = new BertEncoder.Pass(config.textLayers(), config.depth(), bias, images);
        return text.run(tokens, pass, trace.at("layer"));
    }

    private Tensor wordLogits(Tensor features, BertEncoder encoder) {
        LanguageHead head = words.orElseThrow(() -> lacks("a language model"));
        return head.logits(features, encoder.wordEmbeddings());
    }

    /** In full precision: small differences of cosines are divided by a small temperature. */
    private Tensor similarity(Tensor images, Tensor texts) {
        try (Autocast off = Autocast.off(images.device())) {
            return images.matmul(texts.transpose(0, 1))
                    .div(temperature.orElseThrow().to(images.dtype()));
        }
    }

    private static Tensor unit(Tensor rows) {
        Tensor x = rows.to(DType.F32);
        return x.div(x.norm(-1, true).clampMin(SMALLEST_NORM));
    }

    private void clampTemperature() {
        if (isTraining()) {
            try (NoGrad quiet = NoGrad.open()) {
                temperature.ifPresent(t -> t.copyFrom(t.clamp(LEAST_TEMPERATURE, MOST_TEMPERATURE)));
            }
        }
    }

    private Linear projection(String name) {
        return Optional.ofNullable(projections.get(name)).orElseThrow(() -> lacks(name));
    }

    private MlpHead head(String name) {
        return Optional.ofNullable(heads.get(name)).orElseThrow(() -> lacks(name));
    }

    private IllegalStateException lacks(String part) {
        return new IllegalStateException(config().architecture() + " for "
                + config.task().word() + " has no " + part + "; build it for another task");
    }

    @Override
    public Map<String, Stack> stacks() {
        return XvlmParts.stacks(config, vision.stack(XvlmParts.VISION));
    }

    @Override
    protected ModelConfig untieKeys() {
        if (!config.task().showsTwo() || !config.sharesKeys()) {
            return config();
        }
        text.ownKeys();
        return config().with("share_keys", false);
    }

    /** Layers by what they see: paths of each, from the first to the last. */
    @Override
    public Map<String, List<String>> modalities() {
        return XvlmParts.modalities(config);
    }

    @Override
    public boolean drawsNegatives(Set<String> taps) {
        boolean judges = taps.stream().anyMatch(t -> t.equals("match") || t.startsWith(XvlmParts.NEGATIVES + "."));
        return config.task() == ImageTextTask.ASSIGN || (config.task().contrasts() && judges);
    }

    @Override
    public Inputs sample(int n) {
        return sample(n, XvlmSample.TOKENS);
    }

    @Override
    public Inputs.ImageText sample(int n, int length) {
        return XvlmSample.of(config, n, length);
    }

    @Override
    public List<String> tasks() {
        return config.serves();
    }

    @Override
    public StoredWeights fit(StoredWeights stored) {
        return XvlmWeights.fit(this, stored);
    }

    XvlmConfig sizes() {
        return config;
    }

    /** What meets the data and what gives the answer. */
    @Override
    public List<String> fullPrecisionModules() {
        return XvlmParts.PRECISE;
    }

    public static List<Catalogue.Entry> entries() {
        return List.of(entry("xvlm-clip", new Depths(12, 4, 6, 6)), entry("xvlm-small", new Depths(6, 2, 3, 3)));
    }

    private static Catalogue.Entry entry(String name, Depths depths) {
        var input = new ImageTextInput(images(224), new TextInput(30522, 512, 0), 16);
        return new Catalogue.Entry(name, 0, input, (config, args) -> {
            XvlmConfig c = XvlmConfig.of(depths, args);
            BertConfig text = c.text();
            var own = new ImageTextInput(
                    images(c.vision().size()),
                    new TextInput(text.vocabulary(), text.positions(), text.padding()),
                    c.vision().patch());
            Xvlm network = new Xvlm(new ModelConfig(name, c.classes(), config.args(), own), c);
            network.rescaleInit(args, key -> !network.projections.containsKey(key.substring(0, key.indexOf('.'))));
            return network;
        });
    }

    private static ImageInput images(int size) {
        return new ImageInput(size, ImageInput.CLIP_MEAN, ImageInput.CLIP_STD, "bicubic", 1);
    }
}
