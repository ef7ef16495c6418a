package dev.decant.train.score;

import dev.decant.ModelException;
import dev.decant.data.Loader;
import dev.decant.distill.Teacher;
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

    /**
     * Scores of a teacher on every example of the loader, whose inputs are prepared for it. A task that runs parts of a network needs
     * one; others ask for answers.
     *
     * @throws ModelException if the task needs a network and the teacher is none
     */
    default Map<String, Double> score(Teacher teacher, Loader loader, Evaluator.Mode mode) {
        Network network = teacher.network()
                .orElseThrow(() -> new ModelException(metric() + " needs parts of a network, and the teacher '"
                        + teacher.signature().architecture() + "' gives answers alone"));
        return score(network, loader, mode);
    }

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

            @Override
            public Map<String, Double> score(Teacher teacher, Loader loader, Evaluator.Mode mode) {
                return Evaluator.evaluate(teacher, loader, mode, scorer.get());
            }
        };
    }

    /** Which of K classes: {@code accuracy} and {@code top5}. */
    static Task classification(int classes) {
        return of("accuracy", () -> new Accuracy(classes));
    }
}
