package dev.decant.recipe;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Limits that the finished student must meet; if it misses one, the run ends with exit code 3. */
@About(
        "Limits that the finished student must meet, such as `\"<= 1.0\"`; if it misses one, the run ends with exit code 3.")
public record RequireSpec(
        @About("accuracy of the student on the test split, in percent") Optional<Bound> accuracy,
        @About("accuracy of the best teacher minus that of the student, in percentage points")
                Optional<Bound> accuracyDrop,
        @About("score of the student on the test split, by the task's metric, in percent") Optional<Bound> score,
        @About("score of the best teacher minus that of the student, in percentage points") Optional<Bound> scoreDrop,
        @About("score of the student minus that of the control, in percentage points") Optional<Bound> controlGain,
        @About("model file size of the student / of the first teacher") Optional<Bound> sizeRatio,
        @About("number of parameters of the student / of the first teacher") Optional<Bound> parameterRatio,
        @About("median latency at batch size 1 of the student / of the first teacher, on this machine")
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
