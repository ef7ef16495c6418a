package dev.decant.study;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.analyze.plot.Plot;
import dev.decant.analyze.plot.PlotImage;
import dev.decant.file.AtomicFile;
import dev.decant.file.FileException;
import dev.decant.file.Json;
import dev.decant.report.Chart;
import dev.decant.stage.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes what studies find: numbers as JSON, charts as PNG and as the JSON that a report draws. */
final class StudyFiles {

    private StudyFiles() {}

    static void json(Path file, Object value) {
        try {
            AtomicFile.write(file, Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a study's result cannot be written as JSON", e);
        }
    }

    /** Writes {@code figures/BASE-NAME.json} and {@code .png} of each plot, for the report. */
    static void figures(RunFolder folder, String base, Map<String, Plot> plots) {
        plots.forEach((name, plot) -> {
            Path figure = folder.figure(base + "-" + name);
            Chart chart = new Chart.Lines(
                    plot.title(),
                    plot.x(),
                    plot.y(),
                    plot.lines().stream()
                            .map(line -> new Chart.Line(line.name(), "other", line.x(), line.y()))
                            .toList());
            json(Path.of(figure + ".json"), chart);
            PlotImage.write(Path.of(figure + ".png"), plot);
        });
    }

    /** Writes {@code out.json} and {@code out-NAME.png} of each plot; returns the files. */
    static List<Path> write(Path out, Object result, Map<String, Plot> plots) {
        Path folder = out.toAbsolutePath().getParent();
        try {
            if (folder != null) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + folder + ": " + FileException.reason(e), e);
        }
        List<Path> files = new ArrayList<>(List.of(Path.of(out + ".json")));
        json(files.get(0), result);
        plots.forEach((name, plot) -> {
            Path png = Path.of(out + "-" + name + ".png");
            PlotImage.write(png, plot);
            files.add(png);
        });
        return files;
    }
}
