package dev.decant.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.optim.Adamw;
import dev.decant.optim.Lamb;
import dev.decant.optim.Sgd;
import dev.decant.optim.UpdateRule;
import dev.decant.tensor.Device;
import dev.decant.tensor.NoGrad;
import dev.decant.tensor.Tensor;
import dev.decant.train.score.Evaluator;
import dev.decant.weights.Safetensors;
import dev.decant.weights.StoredWeights;
import dev.decant.weights.WeightsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainerTest {

    private static final long NO_LIMIT = Long.MAX_VALUE;

    @TempDir
    Path folder;

    @Test
    void learns() {
        TinyTraining tiny = new TinyTraining(256, 3, 1, NO_LIMIT);
        TinyTraining.Heard heard = new TinyTraining.Heard();
        Trainer.Outcome outcome = tiny.run(tiny.build(), folder, heard);
        assertThat(outcome.metrics().get("accuracy")).isGreaterThan(2 * 100.0 / TinyTraining.CLASSES);
        assertThat(outcome.best()).isGreaterThanOrEqualTo(outcome.metrics().get("accuracy"));
        assertThat(outcome.steps()).isEqualTo(3 * 256 / 16);
        List<LogEntry> scores =
                heard.entries.stream().filter(e -> !e.metrics().isEmpty()).toList();
        assertThat(scores).extracting(LogEntry::step).containsExactly(16L, 32L, 48L);
        assertThat(scores)
                .allSatisfy(e -> assertThat(e.metrics().get("data_share")).isBetween(0.0, 100.0));
        assertThat(heard.entries.get(0).terms()).containsOnlyKeys("cross-entropy");
        assertThat(heard.entries.get(0).values()).containsKeys("lr", "loss");
    }

    /** An epoch is two optimizer steps of two batches: crashes before the first checkpoint, in an epoch and at its end. */
    @ParameterizedTest
    @ValueSource(longs = {1, 3, 4, 6})
    void goesOnToTheSameBitsAfterACrash(long crash) throws IOException {
        TinyTraining tiny = new TinyTraining(64, 3, 2, NO_LIMIT).withEverything();
        Path whole = Files.createDirectory(folder.resolve("whole"));
        Training straight = tiny.build();
        Trainer.Outcome uninterrupted = tiny.run(straight, whole, new TinyTraining.Heard());

        Path broken = Files.createDirectory(folder.resolve("broken"));
        assertThatThrownBy(() -> tiny.run(tiny.build(), broken, new TinyTraining.CrashAt(crash)))
                .hasMessage("crash");
        Training again = tiny.build();
        if (crash > 2) {
            Tensor.rand(1000); // whatever a new process has drawn, the checkpoint has the state to go on from
        }
        Trainer.Outcome resumed = tiny.run(again, broken, new TinyTraining.Heard());

        assertThat(resumed.metrics()).isEqualTo(uninterrupted.metrics());
        assertThat(resumed.best()).isEqualTo(uninterrupted.best());
        assertSame(tensors(again.state()), tensors(straight.state()));
        assertSame(stored(broken, "best"), stored(whole, "best"));
    }

    @Test
    void aBalanceGoesOnToTheSameBits() throws IOException {
        TinyTraining tiny = new TinyTraining(96, 4, 1, NO_LIMIT).balanced();
        Training straight = tiny.build();
        TinyTraining.Heard heard = new TinyTraining.Heard();
        tiny.run(straight, Files.createDirectory(folder.resolve("whole")), heard);
        assertThat(heard.entries.get(0).values())
                .containsKeys("balance.cross-entropy", "balance.ofa.logits", "balance.ofa.branches", "balance.crd");
        Path broken = Files.createDirectory(folder.resolve("broken"));
        assertThatThrownBy(() -> tiny.run(tiny.build(), broken, new TinyTraining.CrashAt(15)))
                .hasMessage("crash");
        Training again = tiny.build();
        tiny.run(again, broken, new TinyTraining.Heard());
        assertSame(tensors(again.state()), tensors(straight.state()));
    }

    static Stream<UpdateRule> rules() {
        return Stream.of(new Sgd(0.9, true, 5e-4), new Adamw(0.9, 0.999, 1e-8, 0.05), new Lamb(0.9, 0.999, 1e-6, 0.02));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void everyRuleGoesOnToTheSameBits(UpdateRule rule) throws IOException {
        TinyTraining tiny = new TinyTraining(48, 3, 1, NO_LIMIT).lr(0.01).rule(rule);
        Training straight = tiny.build();
        tiny.run(straight, Files.createDirectory(folder.resolve("whole")), new TinyTraining.Heard());
        Path broken = Files.createDirectory(folder.resolve("broken"));
        assertThatThrownBy(() -> tiny.run(tiny.build(), broken, new TinyTraining.CrashAt(5)))
                .hasMessage("crash");
        Training again = tiny.build();
        tiny.run(again, broken, new TinyTraining.Heard());
        assertSame(tensors(again.state()), tensors(straight.state()));
    }

    @Test
    void aFinishedTrainingIsScoredAgainButNotLoggedAgain() {
        TinyTraining tiny = new TinyTraining(64, 2, 1, NO_LIMIT).withEverything();
        Trainer.Outcome first = tiny.run(tiny.build(), folder, new TinyTraining.Heard());
        TinyTraining.Heard heard = new TinyTraining.Heard();
        Trainer.Outcome second = tiny.run(tiny.build(), folder, heard);
        assertThat(second.metrics()).isEqualTo(first.metrics());
        assertThat(second.spent().total()).isGreaterThan(first.spent().training());
        assertThat(heard.entries).isEmpty();
    }

    @Test
    void stopsAfterTheStepsItMayTake() {
        TinyTraining tiny = new TinyTraining(64, 5, 1, 6);
        TinyTraining.Heard heard = new TinyTraining.Heard();
        Trainer.Outcome outcome = tiny.run(tiny.build(), folder, heard);
        assertThat(outcome.steps()).isEqualTo(6);
        assertThat(heard.entries.get(heard.entries.size() - 1).metrics()).containsKey("accuracy");
        assertThat(tiny.run(tiny.build(), folder, new TinyTraining.Heard()).steps())
                .isEqualTo(6);
    }

    @Test
    void scoresAndShipsTheMovingAverage() {
        TinyTraining tiny = new TinyTraining(64, 2, 1, NO_LIMIT).withEverything();
        Training training = tiny.build();
        Trainer.Outcome outcome = tiny.run(training, folder, new TinyTraining.Heard());
        Map<String, byte[]> own = new LinkedHashMap<>();
        Map<String, byte[]> average = new LinkedHashMap<>();
        stored(folder, "last").forEach((name, bytes) -> {
            if (name.startsWith("model.")) {
                own.put(name.substring("model.".length()), bytes);
            } else if (name.startsWith("ema.")) {
                average.put(name.substring("ema.".length()), bytes);
            }
        });
        Map<String, byte[]> shipped = tensors(training.student().state());
        assertSame(shipped, average);
        assertThat(shipped.get("head.weight")).isNotEqualTo(own.get("head.weight"));
        assertThat(training.task().score(training.student(), training.validation(), Evaluator.Mode.PLAIN))
                .isEqualTo(outcome.metrics());
    }

    @Test
    void aLossThatIsNoNumberStopsWithStepTermAndCheckpoint() {
        TinyTraining calm = new TinyTraining(64, 3, 1, 4);
        calm.run(calm.build(), folder, new TinyTraining.Heard());
        byte[] good = stored(folder, "last").get("model.linear.weight");

        TinyTraining wild = new TinyTraining(64, 3, 1, NO_LIMIT).lr(1e30);
        assertThatThrownBy(() -> wild.run(wild.build(), folder, new TinyTraining.Heard()))
                .isInstanceOf(DivergedException.class)
                .hasMessageMatching(
                        "distill \\(student, seed 7\\), step [56]: the term 'cross-entropy' is (NaN|Infinity);"
                                + " the last good checkpoint is .*last\\.safetensors; try a smaller learning rate.*");
        assertThat(stored(folder, "last").get("model.linear.weight")).isEqualTo(good);
        Training again = calm.build();
        assertThat(Checkpoint.load(folder.resolve("last.safetensors"), again.state(), Device.CPU)
                        .step())
                .isEqualTo(4);
    }

    @Test
    void weightsThatOverflowInTheLastStepAreNotSaved() {
        TinyTraining tiny = new TinyTraining(64, 1, 4, NO_LIMIT); // one step in all
        Training training = tiny.build();
        try (NoGrad quiet = NoGrad.open()) { // normalised away before the loss, so only the weight itself tells
            training.student().state().get("bn1.running_var").fillInPlace(Float.POSITIVE_INFINITY);
        }
        assertThatThrownBy(() -> tiny.run(training, folder, new TinyTraining.Heard()))
                .isInstanceOf(DivergedException.class)
                .hasMessageContaining("there is no checkpoint before it");
        assertThat(folder.resolve("last.safetensors")).doesNotExist();
        assertThat(folder.resolve("best.safetensors")).doesNotExist();
    }

    @Test
    void aDamagedCheckpointIsNamed() throws IOException {
        TinyTraining tiny = new TinyTraining(64, 1, 1, NO_LIMIT);
        tiny.run(tiny.build(), folder, new TinyTraining.Heard());
        Path last = folder.resolve("last.safetensors");
        byte[] good = Files.readAllBytes(last);

        byte[] flipped = good.clone();
        flipped[good.length - 5] ^= 1;
        Files.write(last, flipped);
        assertDamaged(tiny, "checksum");

        String text = new String(good, java.nio.charset.StandardCharsets.ISO_8859_1);
        String edited = text.replace("\"step\":\"4\"", "\"step\":\"3\"");
        assertThat(edited).isNotEqualTo(text);
        Files.write(last, edited.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
        assertDamaged(tiny, "checksum");

        Files.write(last, java.util.Arrays.copyOf(good, good.length / 2));
        assertDamaged(tiny, "delete it to start this part anew");
        Files.write(last, new byte[0]);
        assertDamaged(tiny, "delete it to start this part anew");

        Files.write(last, good);
        assertThatThrownBy(() -> tiny.run(tiny.withEverything().build(), folder, new TinyTraining.Heard()))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("saved by another recipe");
    }

    private void assertDamaged(TinyTraining tiny, String what) {
        assertThatThrownBy(() -> tiny.run(tiny.build(), folder, new TinyTraining.Heard()))
                .isInstanceOf(WeightsException.class)
                .hasMessageStartingWith(folder.resolve("last.safetensors").toString())
                .hasMessageContaining(what)
                .satisfies(e -> assertThat(e.getMessage()).hasLineCount(1));
    }

    private static Map<String, byte[]> stored(Path folder, String name) {
        StoredWeights file = Safetensors.read(folder.resolve(name + ".safetensors"));
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        file.tensors().forEach((k, t) -> bytes.put(k, bytes(t.data())));
        return bytes;
    }

    private static Map<String, byte[]> tensors(Map<String, Tensor> state) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        state.forEach((k, t) -> bytes.put(k, bytes(t.bytes())));
        return bytes;
    }

    private static byte[] bytes(java.nio.ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static void assertSame(Map<String, byte[]> found, Map<String, byte[]> expected) {
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
    }
}
