package dev.decant.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Figures that the finished student must keep to; a run that misses one ends with exit code 3. */
@About(
        "Figures that the finished student must keep to, as in `\"<= 1.0\"`; a run that misses one ends with exit code 3.")
public record RequireSpec(
        @About("accuracy of the student on the test split, in percent") Optional<Bound> accuracy,
        @About("accuracy of the best teacher minus the student's, in points") Optional<Bound> accuracyDrop,
        @About("what the task is scored by, of the student on the test split, in percent") Optional<Bound> score,
        @About("that score of the best teacher minus the student's, in points") Optional<Bound> scoreDrop,
        @About("that score of the student minus that of the control without distillation, in points")
                Optional<Bound> controlGain,
        @About("bytes of the student's model file / the first teacher's") Optional<Bound> sizeRatio,
        @About("parameters of the student / the first teacher's") Optional<Bound> parameterRatio,
        @About("median time of the student for one image / the first teacher's, on this machine")
                Optional<Bound> latencyRatio) {

    /** The bounds that are set, by key. */
    public Map<String, Bound> bounds() {
        Map<String, Bound> set = new LinkedHashMap<>();
        accuracy.ifPresent(b -> set.put("accuracy", b));
        accuracyDrop.ifPresent(b -> set.put("accuracy-drop", b));
        score.ifPresent(b -> set.put("score", b));
        scoreDrop.ifPresent(b -> set.put("score-drop", b));
        controlGain.ifPresent(b -> set.put("control-gain", b));
        sizeRatio.ifPresent(b -> set.put("size-ratio", b));
        parameterRatio.ifPresent(b -> set.put("parameter-ratio", b));
        latencyRatio.ifPresent(b -> set.put("latency-ratio", b));
        return set;
    }
}
