package dev.decant.text;

import com.fasterxml.jackson.databind.JsonNode;
import dev.decant.DataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Where the special tokens stand around one text and around a pair: the {@code post_processor} of a tokenizer.json. */
record TokenTemplate(List<Piece> single, List<Piece> pair) {

    private static final int FIRST = -1;
    private static final int SECOND = -2;

    /** A special token by its id, or one of the texts. */
    record Piece(int id, int type) {
        boolean isSpecial() {
            return id >= 0;
        }
    }

    static TokenTemplate of(JsonNode processor, String where) {
        switch (processor.path("type").asText()) {
            case "TemplateProcessing" -> {
                JsonNode specials = processor.path("special_tokens");
                return new TokenTemplate(
                        pieces(processor.path("single"), specials, where),
                        pieces(processor.path("pair"), specials, where));
            }
            case "BertProcessing", "RobertaProcessing" -> {
                return classic(processor, where);
            }
            case "Sequence" -> {
                List<JsonNode> inner = new ArrayList<>();
                processor.path("processors").forEach(inner::add);
                JsonNode last = inner.stream()
                        .filter(p -> !p.path("type").asText().equals("ByteLevel"))
                        .reduce((a, b) -> b)
                        .orElseThrow(() -> new DataException(where + ": post_processor places no special tokens"));
                return of(last, where);
            }
            case "" -> {
                Piece first = new Piece(FIRST, 0);
                return new TokenTemplate(List.of(first), List.of(first, new Piece(SECOND, 1)));
            }
            default ->
                throw new DataException(where + ": post_processor '"
                        + processor.path("type").asText()
                        + "' is not known; expected TemplateProcessing, BertProcessing or RobertaProcessing");
        }
    }

    private static TokenTemplate classic(JsonNode processor, String where) {
        JsonNode cls = processor.path("cls").path(1);
        JsonNode sep = processor.path("sep").path(1);
        if (!cls.isInt() || !sep.isInt()) {
            throw new DataException(where + ": post_processor needs cls and sep, each with a token and its id");
        }
        boolean roberta = processor.path("type").asText().equals("RobertaProcessing");
        int type = roberta ? 0 : 1;
        Piece start = new Piece(cls.asInt(), 0);
        Piece end = new Piece(sep.asInt(), 0);
        List<Piece> single = List.of(start, new Piece(FIRST, 0), end);
        List<Piece> pair = new ArrayList<>(single);
        if (roberta) {
            pair.add(end);
        }
        pair.addAll(List.of(new Piece(SECOND, type), new Piece(sep.asInt(), type)));
        return new TokenTemplate(single, List.copyOf(pair));
    }

    private static List<Piece> pieces(JsonNode template, JsonNode specials, String where) {
        List<Piece> pieces = new ArrayList<>();
        for (JsonNode step : template) {
            JsonNode text = step.path("Sequence");
            JsonNode special = step.path("SpecialToken");
            if (text.isObject()) {
                pieces.add(new Piece(
                        text.path("id").asText().equals("A") ? FIRST : SECOND,
                        text.path("type_id").asInt()));
            } else {
                JsonNode ids = specials.path(special.path("id").asText()).path("ids");
                if (ids.isEmpty()) {
                    throw new DataException(
                            where + ": post_processor names the special token " + special + " without an id");
                }
                ids.forEach(id ->
                        pieces.add(new Piece(id.asInt(), special.path("type_id").asInt())));
            }
        }
        return List.copyOf(pieces);
    }

    /** How many special tokens are added. */
    int specials(boolean isPair) {
        return (int) (isPair ? pair : single).stream().filter(Piece::isSpecial).count();
    }

    /** Special tokens around a text, which is cut at its end to fit. */
    Tokens join(int[] first, int longest) {
        int room = Math.max(0, longest - specials(false));
        return fill(single, Arrays.copyOf(first, Math.min(room, first.length)), new int[0]);
    }

    /** Special tokens around a pair, whose longer text loses tokens at its end until it fits; the second if equally long. */
    Tokens join(int[] first, int[] second, int longest) {
        int room = Math.max(0, longest - specials(true));
        int a = first.length;
        int b = second.length;
        while (a + b > room) {
            if (a > b) {
                a--;
            } else {
                b--;
            }
        }
        return fill(pair, Arrays.copyOf(first, a), Arrays.copyOf(second, b));
    }

    private static Tokens fill(List<Piece> template, int[] first, int[] second) {
        IntStream.Builder ids = IntStream.builder();
        IntStream.Builder types = IntStream.builder();
        for (Piece piece : template) {
            int[] part = piece.isSpecial() ? new int[] {piece.id()} : piece.id() == FIRST ? first : second;
            for (int id : part) {
                ids.add(id);
                types.add(piece.type());
            }
        }
        return new Tokens(ids.build().toArray(), types.build().toArray());
    }
}
