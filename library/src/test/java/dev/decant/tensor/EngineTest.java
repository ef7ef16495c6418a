package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class EngineTest {

    @Test
    void choosesTheKernelFromTheFlags() {
        assertThat(ProcessTuning.coreTypeFor("fpu avx2 avx512f avx512dq avx512_bf16 sse2"))
                .isEqualTo("SAPPHIRERAPIDS");
        assertThat(ProcessTuning.coreTypeFor("avx2 avx512f avx512dq")).isEqualTo("SKYLAKEX");
        assertThat(ProcessTuning.coreTypeFor("avx2")).isEmpty();
        assertThat(ProcessTuning.coreTypeFor("")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisabledIfEnvironmentVariable(named = "OMP_WAIT_POLICY", matches = ".*")
    void idleThreadsLeaveTheCoresToOthers() {
        Engine.load();
        assertThat(variable("GOMP_SPINCOUNT")).isEqualTo("20000");
    }

    /** It says so in every convolution where it does not know the CPU. */
    @Test
    void nnpackIsOff() {
        Engine.load();
        assertThat(org.bytedeco.pytorch.global.torch.globalContext().userEnabledNNPACK())
                .isFalse();
    }

    @Test
    @Tag("slow")
    @EnabledOnOs(OS.LINUX)
    void theProcessOfAHostKeepsItsEnvironment() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Host.class.getName())
                .redirectErrorStream(true);
        builder.environment()
                .keySet()
                .removeAll(List.of("GOMP_SPINCOUNT", "OPENBLAS_NUM_THREADS")); // set by this process
        Process host = builder.start();
        String output = new String(host.getInputStream().readAllBytes());
        assertThat(host.waitFor()).as(output).isZero();
        assertThat(output.lines()).contains("null null");
    }

    /** A process that uses the library and does not ask for more. */
    static final class Host {
        public static void main(String[] args) {
            Engine.load();
            System.out.println(variable("GOMP_SPINCOUNT") + " " + variable("OPENBLAS_NUM_THREADS"));
        }
    }

    private static String variable(String name) {
        return NativeLibrary.getInstance("c").getFunction("getenv").invokeString(new Object[] {name}, false);
    }

    /** A first start with a lazy load used to end in SIGSEGV. */
    @Test
    @Tag("slow")
    void startsOnAnEmptyNativeCache(@TempDir Path cache) throws IOException, InterruptedException {
        Process jvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dorg.bytedeco.javacpp.cachedir=" + cache,
                        "-cp",
                        System.getProperty("java.class.path"),
                        FirstStart.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(jvm.getInputStream().readAllBytes());
        assertThat(jvm.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(jvm.exitValue()).as(output).isZero();
        assertThat(output).contains("sum 6.0");
    }

    /** What the fresh JVM runs. */
    static final class FirstStart {
        public static void main(String[] args) {
            System.out.println("sum " + Tensor.of(new float[] {1, 2, 3}).sum().item());
        }
    }
}
