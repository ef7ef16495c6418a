package dev.decant.train.score;

import dev.decant.data.Loader;
import dev.decant.metric.BoxScores;
import dev.decant.model.Network;
import dev.decant.tensor.DType;
import dev.decant.tensor.Tensor;
import java.util.Map;

/** Boxes of what phrases name: the part found with IoU of at least 0.5, {@code accuracy}. */
public final class GroundingTask implements Task {

    @Override
    public String metric() {
        return "accuracy";
    }

    @Override
    public Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode) {
        BoxScores scores = new BoxScores();
        ImageTextPass.run(network, loader, mode, (model, inputs, batch) -> {
            Tensor images = model.imageTokens(inputs.images().pixels());
            Tensor texts = model.textTokens(inputs.text());
            Tensor boxes =
                    model.boxes(images, inputs.imageOf(), texts, inputs.text().mask());
            scores.add(boxes.to(DType.F32), batch.labels());
        });
        return scores.scores();
    }
}
