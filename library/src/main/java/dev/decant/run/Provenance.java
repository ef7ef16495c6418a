package dev.decant.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.file.FileException;
import dev.decant.file.Hashes;
import dev.decant.file.Json;
import dev.decant.tensor.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** {@code provenance.json}: versions, hashes of weights and data, seeds and the machine, to make a run again. */
final class Provenance {

    private Provenance() {}

    /**
     * @param seeds of the run
     * @param device as the recipe has it
     * @param files weights and data files or folders that the run reads; folders are hashed file by file
     */
    static String json(List<Long> seeds, String device, boolean bf16, List<Path> files) {
        Map<String, Object> p = new LinkedHashMap<>();
        p.put("decant", version());
        p.put("started", Instant.now().toString());
        p.put("seeds", seeds);
        p.put("device", device);
        p.put("precision", bf16 ? "bf16" : "fp32");
        p.put("machine", machine());
        Map<String, String> hashes = new TreeMap<>();
        files.forEach(f -> hash(f, hashes));
        p.put("sha256", hashes);
        try {
            return Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(p) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("provenance cannot be written as JSON", e);
        }
    }

    static String version() {
        String v = Provenance.class.getPackage().getImplementationVersion();
        return v == null ? "development" : v;
    }

    private static Map<String, Object> machine() {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        m.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        m.put("cpu", cpu());
        m.put("cores", Runtime.getRuntime().availableProcessors());
        m.put("threads", Engine.threads());
        m.put("blas_kernel", Engine.blasKernel());
        return m;
    }

    private static String cpu() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(l -> l.startsWith("model name"))
                    .findFirst()
                    .map(l -> l.substring(l.indexOf(':') + 1).trim())
                    .orElse("unknown");
        } catch (IOException | UncheckedIOException e) {
            return "unknown";
        }
    }

    private static void hash(Path file, Map<String, String> hashes) {
        if (Files.isRegularFile(file)) {
            hashes.put(file.toString(), Hashes.sha256(file));
        } else if (Files.isDirectory(file)) {
            try (Stream<Path> inside = Files.list(file)) {
                inside.filter(Files::isRegularFile).forEach(f -> hashes.put(f.toString(), Hashes.sha256(f)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot list " + file + ": " + FileException.reason(e), e);
            }
        }
    }
}
