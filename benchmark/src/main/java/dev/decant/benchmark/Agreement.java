package dev.decant.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.build.ModelBuilder;
import dev.decant.distill.NetworkTeacher;
import dev.decant.distill.Objective;
import dev.decant.distill.StepContext;
import dev.decant.model.Inputs;
import dev.decant.model.Negatives;
import dev.decant.model.Network;
import dev.decant.model.multimodal.Xvlm;
import dev.decant.model.text.Bert;
import dev.decant.nn.GateSlot;
import dev.decant.optim.Adamw;
import dev.decant.optim.Optimizer;
import dev.decant.tensor.Device;
import dev.decant.tensor.Engine;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.train.TrainStep;
import dev.decant.train.score.Evaluator;
import dev.decant.weights.Safetensors;
import dev.decant.weights.StoredWeights;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prints Decant's losses of workload d or e on the models and the batch that {@code step.py --agree FOLDER} wrote. */
final class Agreement {

    private Agreement() {}

    public static void main(String[] args) throws JsonProcessingException {
        Engine.tuneProcess();
        Path folder = Path.of(args[0]);
        Path gates = folder.resolve("gates.safetensors");
        try (Scope scope = Scope.open()) {
            Network student = ModelBuilder.fromFolder(folder.resolve("student"), Map.of());
            Network teacher = ModelBuilder.fromFolder(folder.resolve("teacher"), Map.of());
            Map<String, Double> found =
                    Files.exists(gates) ? efficientVlm(student, teacher, folder) : kdQat(student, teacher, folder);
            System.out.println(new ObjectMapper().writeValueAsString(found));
        }
    }

    private static Map<String, Double> kdQat(Network student, Network teacher, Path folder) {
        KdQat.quantize(student);
        Tensor ids = tensor(Safetensors.read(folder.resolve("ids.safetensors")), "ids");
        Inputs text = Inputs.Text.whole(ids);
        Objective objective = KdQat.objective((Bert) student, (Bert) teacher);
        Map<String, Double> found = backward(student, teacher, objective, text);
        found.put("gradient", norm(student.parameters(), ""));
        return found;
    }

    private static Map<String, Double> efficientVlm(Network student, Network teacher, Path folder) {
        Safetensors.read(folder.resolve("gates.safetensors")).tensors().forEach((path, factors) -> {
            GateSlot slot = Optional.ofNullable(student.gates().get(path))
                    .orElseThrow(() -> new IllegalArgumentException("no gate " + path));
            slot.fill(new KnownGate(factors.toTensor()));
        });
        StoredWeights batch = Safetensors.read(folder.resolve("batch.safetensors"));
        Negatives negatives = Negatives.of(
                tensor(batch, "images").longs(), tensor(batch, "texts").longs());
        Objective objective = EfficientVlm.objective((Xvlm) student, (Xvlm) teacher);
        Inputs inputs = EfficientVlm.batch(tensor(batch, "pixels"), tensor(batch, "ids"), negatives);
        Map<String, Double> found = new LinkedHashMap<>();
        backward(student, teacher, objective, inputs)
                .forEach((name, loss) -> found.merge(name.replaceAll("[0-9]+$", ""), loss, Double::sum));
        found.put("gradient", norm(student.parameters(), "(?<!_gate\\.factors)$"));
        found.put("gates", norm(student.parameters(), "_gate\\.factors$"));
        return found;
    }

    private static Map<String, Double> backward(Network student, Network teacher, Objective objective, Inputs inputs) {
        student.train(true);
        TrainStep step = new TrainStep(
                student,
                Map.of(
                        Work.teacherName(),
                        new NetworkTeacher(teacher).preparedFor(student.config().input())),
                objective,
                new Optimizer(objective.groups(student, new Adamw(0.9, 0.999, 1e-8, 0.01))),
                Optional.empty(),
                new Evaluator.Mode(Device.CPU, false, false));
        Tensor labels = Tensor.zeros(inputs.size());
        return new LinkedHashMap<>(
                step.backward(new StepContext(0, 0, true), new TrainStep.Examples(inputs, labels, new long[0]), 1));
    }

    /** Norm of the gradients of all parameters whose names contain a match of the expression. */
    private static double norm(Map<String, Tensor> parameters, String expression) {
        var wanted = java.util.regex.Pattern.compile(expression);
        return Math.sqrt(parameters.entrySet().stream()
                .filter(p -> wanted.matcher(p.getKey()).find() && p.getValue().hasGrad())
                .mapToDouble(p -> p.getValue().grad().square().sum().item())
                .sum());
    }

    private static Tensor tensor(StoredWeights stored, String name) {
        return Optional.ofNullable(stored.tensors().get(name)).orElseThrow().toTensor();
    }
}
