package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Path;
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
        assertThat(Engine.coreTypeFor("fpu avx2 avx512f avx512dq avx512_bf16 sse2"))
                .isEqualTo("SAPPHIRERAPIDS");
        assertThat(Engine.coreTypeFor("avx2 avx512f avx512dq")).isEqualTo("SKYLAKEX");
        assertThat(Engine.coreTypeFor("avx2")).isEmpty();
        assertThat(Engine.coreTypeFor("")).isEmpty();
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    @DisabledIfEnvironmentVariable(named = "OMP_WAIT_POLICY", matches = ".*")
    void idleThreadsLeaveTheCoresToOthers() {
        Engine.load();
        assertThat(NativeLibrary.getInstance("c")
                        .getFunction("getenv")
                        .invokeString(new Object[] {"GOMP_SPINCOUNT"}, false))
                .isEqualTo("20000");
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
