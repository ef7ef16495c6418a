package dev.decant.recipe;

import java.util.Optional;

/** A network that is learned from. */
@About("A network to learn from; it is run without gradient.")
public record TeacherSpec(
        @About("what terms call it; `teacher`, or `teacher1`, `teacher2`, ... when there are several") @Default("")
                String name,
        @Flatten ModelSpec spec,
        @About("train it first, on the labels alone, when it comes without weights; kept in the run folder")
                Optional<TrainingSpec> train) {

    /** The name for terms that take the mean of all teachers' probabilities. */
    public static final String AVERAGE = "average";
    /** The name for terms that take, for each example, the teacher that is surest of its label. */
    public static final String CONFIDENCE = "confidence";

    public TeacherSpec {
        Checks check = new Checks();
        check.that(
                !name.equals(AVERAGE) && !name.equals(CONFIDENCE),
                "name",
                "'" + name + "' stands for all teachers together; choose another name");
        check.that(!name.equals("student"), "name", "'student' is the student; choose another name");
        check.folderName("name", name);
        check.done();
    }

    TeacherSpec named(String other) {
        return new TeacherSpec(other, spec, train);
    }
}
