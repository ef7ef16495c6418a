package dev.decant.recipe;

import java.util.Optional;

/** A teacher. */
@About("A teacher; it runs without gradients.")
public record TeacherSpec(
        @About("name by which terms refer to it; by default `teacher`, or `teacher1`, `teacher2`, ... if there are "
                        + "several")
                @Default("")
                String name,
        @Flatten ModelSpec spec,
        @About("train this teacher on the labels first, if it has no weights; the run folder keeps it")
                Optional<TrainingSpec> train) {

    /** The name for terms that take the mean of all teachers' probabilities. */
    public static final String AVERAGE = "average";
    /** The name for terms that take, for each example, the teacher that gives its label the highest probability. */
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
