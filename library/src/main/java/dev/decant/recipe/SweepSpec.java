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
@About("A file of many runs of one recipe, for `decant sweep`.")
public record SweepSpec(
        @About("name in reports; the file's name unless set") @Default("") String name,
        @About("the recipe; a relative path starts at the sweep file's folder") String recipe,
        @About("runs by name, each with what it changes") @Default("[]") List<RunSpec> runs,
        @About("values for each path; every combination is run, for each of `runs`") @Default("{}")
                Map<String, List<Object>> grid,
        @About("seeds of every run; the recipe's own if empty") @Default("[]") List<Long> seeds,
        @About("figures in the table, by their names in summary.json; what the task is scored by if empty")
                @Default("[]")
                List<String> columns,
        @About("folder of the runs; `runs/<name>` unless set") Optional<String> out) {

    /** One run of a sweep. */
    @About("One run of a sweep.")
    public record RunSpec(
            @About("name of the row, and of the run's folder") String name,
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
