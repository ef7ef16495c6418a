package dev.decant.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.decant.distill.Objective;
import dev.decant.model.Bert;
import dev.decant.model.Inputs;
import dev.decant.optim.Adamw;
import dev.decant.run.ModelParts;
import dev.decant.tensor.Device;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import dev.decant.train.Evaluator;
import dev.decant.train.Teacher;
import dev.decant.train.TrainStep;
import dev.decant.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Prints the losses of work d on the networks and tokens that {@code step.py --agree FOLDER} wrote, as that does. */
final class Agreement {

    private Agreement() {}

    public static void main(String[] args) throws JsonProcessingException {
        Path folder = Path.of(args[0]);
        try (Scope scope = Scope.open()) {
            Bert student = (Bert) ModelParts.fromFolder(folder.resolve("student"), Map.of());
            Bert teacher = (Bert) ModelParts.fromFolder(folder.resolve("teacher"), Map.of());
            KdQat.quantize(student);
            Objective objective = KdQat.objective(student, teacher);
            student.train(true);
            Tensor ids = Optional.ofNullable(Safetensors.read(folder.resolve("ids.safetensors"))
                            .tensors()
                            .get("ids"))
                    .orElseThrow()
                    .toTensor();
            Map<String, Tensor> learned = student.parameters();
            TrainStep step = new TrainStep(
                    student,
                    Map.of(
                            Work.teacherName(),
                            new Teacher(teacher, student.config().input())),
                    objective,
                    new Adamw(learned, new Adamw.Config(0.9, 0.999, 1e-8, 0.01)),
                    Optional.empty(),
                    new Evaluator.Mode(Device.CPU, false, false));
            Inputs text = new Inputs.Text(ids, ids.zerosLike(), ids.onesLike());
            Map<String, Double> found = new LinkedHashMap<>(
                    step.backward(new TrainStep.Examples(text, Tensor.zeros(ids.size(0)), new long[0], 0), 1));
            double squares = learned.values().stream()
                    .filter(Tensor::hasGrad)
                    .mapToDouble(p -> p.grad().square().sum().item())
                    .sum();
            found.put("gradient", Math.sqrt(squares));
            System.out.println(new ObjectMapper().writeValueAsString(found));
        }
    }
}
