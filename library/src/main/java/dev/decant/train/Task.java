package dev.decant.train;

import dev.decant.data.Loader;
import dev.decant.metric.Accuracy;
import dev.decant.metric.Scorer;
import dev.decant.model.Network;
import java.util.Map;
import java.util.function.Supplier;

/** What a network is good for, and how good it is: the scores of a data set. */
public interface Task {

    /** The score that decides which epoch was best and that tables compare; higher is better. */
    String metric();

    /** Scores of the network on every example of the loader, in evaluation mode and without graph. */
    Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode);

    /** Scores that come from the network's output on each batch alone. */
    static Task of(String metric, Supplier<Scorer> scorer) {
        return new Task() {
            @Override
            public String metric() {
                return metric;
            }

            @Override
            public Map<String, Double> score(Network network, Loader loader, Evaluator.Mode mode) {
                return Evaluator.evaluate(network, loader, mode, scorer.get());
            }
        };
    }

    /** Which of K classes: {@code accuracy} and {@code top5}. */
    static Task classification(int classes) {
        return of("accuracy", () -> new Accuracy(classes));
    }
}
