package dev.decant.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.decant.file.Json;
import dev.decant.tensor.Autocast;
import dev.decant.tensor.Device;
import dev.decant.tensor.Engine;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Ops;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** What Decant found on this machine, and the arithmetic it reaches beside the best any of its paths reaches. */
public record Doctor(Map<String, Object> found) {

    private static final double BUDGET_SECONDS = 0.7;

    /** Measures for a few seconds. */
    public static Doctor examine() {
        Engine.load();
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        found.put("machine", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        found.put("cores", Runtime.getRuntime().availableProcessors());
        found.put("threads", Engine.threads());
        found.put("heap MB", Runtime.getRuntime().maxMemory() >> 20);
        found.put("natives", Engine.nativeCache().toString());
        found.put("libtorch vectors", Engine.cpuCapability());
        found.put("BLAS kernel", Engine.blasKernel());
        found.put("bf16 in hardware", Engine.bf16IsFast());
        found.put(
                "convolutions",
                Engine.convolutionsAreRight()
                        ? "right as they are"
                        : "wrong in oneDNN unless the channels fill its blocks; Decant fills them up with zeros");
        found.put("GPU", Engine.cudaIsAvailable() ? "CUDA" : "none");
        Map<String, Long> reached = new LinkedHashMap<>();
        try (NoGrad quiet = NoGrad.open()) {
            Tensor x = Tensor.randn(2048, 768);
            Tensor w = Tensor.randn(3072, 768);
            double linear = 2.0 * 2048 * 768 * 3072;
            reached.put("linear fp32 (BLAS)", rate(linear, false, () -> Ops.linear(x, w, List.of())));
            reached.put("linear bf16 (oneDNN)", rate(linear, true, () -> Ops.linear(x, w, List.of())));
            Tensor image = Tensor.randn(64, 64, 32, 32);
            Tensor kernel = Tensor.randn(64, 64, 3, 3);
            double conv = 2.0 * 64 * 32 * 32 * 64 * 64 * 9;
            Tensor imageLast = image.channelsLast();
            Tensor kernelLast = kernel.channelsLast();
            reached.put("3x3 convolution fp32", rate(conv, false, () -> Ops.conv2d(image, kernel, List.of(), 1, 1, 1)));
            reached.put(
                    "3x3 convolution fp32, channels-last",
                    rate(conv, false, () -> Ops.conv2d(imageLast, kernelLast, List.of(), 1, 1, 1)));
            reached.put(
                    "3x3 convolution bf16, channels-last",
                    rate(conv, true, () -> Ops.conv2d(imageLast, kernelLast, List.of(), 1, 1, 1)));
            // A linear map is a 1x1 convolution, and oneDNN's is the best fp32 product to be had: the yardstick.
            Tensor pixels = x.reshape(2, 1024, 768)
                    .transpose(1, 2)
                    .reshape(2, 768, 32, 32)
                    .channelsLast();
            Tensor one = w.reshape(3072, 768, 1, 1).channelsLast();
            reached.put(
                    "yardstick: linear fp32 as 1x1 convolution (oneDNN)",
                    rate(linear, false, () -> Ops.conv2d(pixels, one, List.of(), 1, 0, 1)));
        }
        found.put("GFLOP/s", reached);
        return new Doctor(found);
    }

    private static long rate(double flops, boolean bf16, Supplier<Tensor> work) {
        double best = Double.POSITIVE_INFINITY;
        long end = System.nanoTime() + (long) (BUDGET_SECONDS * 1e9);
        try (Autocast cast = bf16 ? Autocast.bf16(Device.CPU) : Autocast.off(Device.CPU)) {
            for (int i = 0; i < 3 || System.nanoTime() < end; i++) {
                try (Scope scope = Scope.open()) {
                    long start = System.nanoTime();
                    requireFilled(work.get());
                    best = Math.min(best, (System.nanoTime() - start) / 1e9);
                }
            }
        }
        return Math.round(flops / best / 1e9);
    }

    private static void requireFilled(Tensor result) {
        if (result.elements() == 0) {
            throw new IllegalStateException("an operation returned nothing");
        }
    }

    public String toJson() {
        try {
            return Json.MAPPER.writeValueAsString(found);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("findings cannot be written as JSON", e);
        }
    }

    public String toText() {
        StringBuilder text = new StringBuilder();
        found.forEach((k, v) -> {
            if (v instanceof Map<?, ?> inner) {
                text.append(k).append(", best of ").append(BUDGET_SECONDS).append(" s each\n");
                inner.forEach((name, rate) -> text.append(String.format(Locale.ROOT, "  %-52s %6s%n", name, rate)));
            } else {
                text.append(String.format(Locale.ROOT, "%-18s %s%n", k, v));
            }
        });
        return text.toString();
    }
}
