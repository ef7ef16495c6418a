package dev.decant.quantize;

import dev.decant.ModelException;
import dev.decant.weights.WeightsException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** How {@code config.json} says what rounds an activation: {@code {type, bits, per, clip}}. What it learned is among the weights. */
final class ActivationForm {

    private ActivationForm() {}

    static Map<String, Object> of(CodeQuantizer quantizer) {
        Map<String, Object> form = new LinkedHashMap<>();
        if (quantizer instanceof FixedQuantizer fixed) {
            form.put("type", type(fixed.grid()));
            form.put("clip", Double.isInfinite(fixed.clip()) ? 0 : fixed.clip());
        } else if (quantizer instanceof LearnedClip) {
            form.put("type", "learned-clip");
        } else if (quantizer instanceof Lsq lsq) {
            form.put("type", lsq.lowest() < 0 ? "lsq" : "lsq-asymmetric");
        } else {
            throw new ModelException("activations are not rounded by " + quantizer.description());
        }
        form.put("bits", quantizer.bits());
        form.put("per", quantizer.grouping().kind() == Grouping.Kind.TOKEN ? "token" : "tensor");
        return form;
    }

    static CodeQuantizer quantizer(Map<String, Object> form, String path, Path file) {
        if (!(form.get("bits") instanceof Number n) || n.intValue() < 2 || n.intValue() > 8) {
            throw WeightsException.in(file, Packed.KEY + ".activations." + path + ".bits: expected 2 to 8");
        }
        int bits = n.intValue();
        Grouping grouping = "token".equals(form.get("per")) ? Grouping.TOKEN : Grouping.TENSOR;
        double clip = form.get("clip") instanceof Number c && c.doubleValue() > 0
                ? c.doubleValue()
                : Double.POSITIVE_INFINITY;
        String type = String.valueOf(form.get("type"));
        return switch (type) {
            case "symmetric" -> new FixedQuantizer(new Grid.Symmetric(bits), grouping, clip);
            case "asymmetric" -> new FixedQuantizer(new Grid.Asymmetric(bits), grouping, clip);
            case "learned-clip" -> new LearnedClip(new Grid.Symmetric(bits), grouping);
            case "lsq" -> new Lsq(bits, true);
            case "lsq-asymmetric" -> new Lsq(bits, false);
            default ->
                throw WeightsException.in(
                        file, Packed.KEY + ".activations." + path + ".type: '" + type + "' is not known");
        };
    }

    private static String type(Grid grid) {
        if (grid instanceof Grid.Symmetric) {
            return "symmetric";
        }
        if (grid instanceof Grid.Asymmetric) {
            return "asymmetric";
        }
        throw new ModelException("activations are not rounded to " + grid);
    }
}
