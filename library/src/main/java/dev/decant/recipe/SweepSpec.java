package dev.decant.recipe;

import dev.decant.recipe.internal.RecordWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Many runs of one recipe: named ones, and every combination of a grid; one table in the end. */
@About("A sweep file: many runs of one recipe, for `decant sweep`.")
public record SweepSpec(
        @About("name in reports; by default the name of the file") @Default("") String name,
        @About("recipe file; a relative path is relative to the folder of the sweep file") String recipe,
        @About("named runs, each with the values that it changes") @Default("[]") List<RunSpec> runs,
        @About("list of values for each recipe path; the sweep runs every combination, for each of `runs`")
                @Default("{}")
                Map<String, List<Object>> grid,
        @About("seeds of every run; if empty, the seeds of the recipe") @Default("[]") List<Long> seeds,
        @About("figures in the table, by their names in summary.json; if empty, the task's metric") @Default("[]")
                List<String> columns,
        @About("folder of the runs; by default `runs/<name>`") Optional<String> out) {

    /** One run of a sweep. */
    @About("One run of a sweep.")
    public record RunSpec(
            @About("name of the table row and of the run folder") String name,
            @About("recipe paths and their values, as in `--set`") @Default("{}") Map<String, Object> set) {
        public RunSpec {
            set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
            Checks check = new Checks();
            check.notBlank("name", name);
            check.folderName("name", name);
            check.done();
        }
    }

    /**
     * One row of the table.
     *
     * @param sets what to hand to {@link RecipeReader#read}, each {@code path=value}
     */
    public record Case(String name, List<String> sets) {}

    public SweepSpec {
        runs = List.copyOf(runs);
        grid = Collections.unmodifiableMap(new LinkedHashMap<>(grid));
        seeds = List.copyOf(seeds);
        columns = List.copyOf(columns);
        Checks check = new Checks();
        check.that(!runs.isEmpty() || !grid.isEmpty(), "", "nothing to run: give 'runs' or 'grid'");
        grid.forEach((path, values) -> check.that(!values.isEmpty(), "grid." + path, "must list at least one value"));
        Set<String> names = new HashSet<>();
        for (int i = 0; i < runs.size(); i++) {
            String run = runs.get(i).name();
            check.that(names.add(run), "runs[" + i + "].name", "another run is called '" + run + "' too");
        }
        check.done();
    }

    /** Every run of the sweep, in the order of the file; the last path of the grid moves fastest. */
    public List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        for (RunSpec run : runs) {
            List<String> sets = new ArrayList<>();
            run.set().forEach((path, value) -> sets.add(path + "=" + RecordWriter.flow(value)));
            cases.add(new Case(run.name(), List.copyOf(sets)));
        }
        if (cases.isEmpty()) {
            cases.add(new Case("", List.of()));
        }
        for (Map.Entry<String, List<Object>> axis : grid.entrySet()) {
            cases = crossed(cases, axis.getKey(), axis.getValue());
        }
        return List.copyOf(cases);
    }

    private static List<Case> crossed(List<Case> cases, String path, List<Object> values) {
        String key = path.substring(path.lastIndexOf('.') + 1);
        List<Case> crossed = new ArrayList<>();
        for (Case base : cases) {
            for (Object value : values) {
                String text = RecordWriter.flow(value);
                List<String> sets = new ArrayList<>(base.sets());
                sets.add(path + "=" + text);
                String prefix = base.name().isEmpty() ? "" : base.name() + ",";
                crossed.add(new Case(prefix + key + "=" + text.replace('/', '_'), List.copyOf(sets)));
            }
        }
        return crossed;
    }

    /** This sweep under another name. */
    public SweepSpec withName(String other) {
        return new SweepSpec(other, recipe, runs, grid, seeds, columns, out);
    }
}
