package dev.decant.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a run left in {@code figures/}: charts as JSON, which the page draws, and images, which it embeds. An image
 * beside a chart of the same name is the same figure, and left out.
 *
 * @param skipped files that are neither, with the reason
 */
record Figures(List<Chart> charts, List<Image> images, List<String> skipped) {

    private static final JsonMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    /** An image as a {@code data:} address. */
    record Image(String title, String address) {}

    static Figures read(Path folder) throws IOException {
        Figures figures = new Figures(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    figures.add(file);
                }
            }
        }
        return figures;
    }

    private void add(Path file) throws IOException {
        String name = file.getFileName().toString();
        if (name.endsWith(".json")) {
            addChart(file);
        } else if (name.endsWith(".png") && !Files.exists(file.resolveSibling(stem(name) + ".json"))) {
            String data = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
            images.add(new Image(stem(name).replaceAll("[-_]+", " "), "data:image/png;base64," + data));
        }
    }

    private void addChart(Path file) throws IOException {
        try {
            charts.add(JSON.readValue(Files.readString(file), Chart.class));
        } catch (JsonProcessingException e) {
            skipped.add("figures/" + file.getFileName()
                    + " is left out: it is not a chart of kind lines, scatter or heatmap with all its numbers.");
        }
    }

    private static String stem(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }
}
