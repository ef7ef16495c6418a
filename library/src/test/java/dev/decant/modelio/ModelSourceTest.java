package dev.decant.modelio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.modelio.TinyGraph.Manner;
import dev.decant.tensor.Scope;
import dev.decant.text.Tokenizer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models inside jars, by path and by Maven's coordinates. */
class ModelSourceTest {

    private static final String NAME = "maven:org.tiny:tiny-model:1.0";

    @TempDir
    Path folder;

    private Scope scope = Scope.open();

    @AfterEach
    void close() {
        scope.close();
    }

    private Path jar(Map<String, byte[]> entries) throws IOException {
        Path jar = folder.resolve("tiny.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return jar;
    }

    private static byte[] model() {
        return TinyGraph.of(Manner.NORMS, TinyGraph.encoder("bert-base", Map.of()), "gelu")
                .model()
                .toByteArray();
    }

    private static byte[] tokenizer() {
        List<String> words = List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "b");
        return Tokenizer.ofWords(words, true).json().getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] pooledBy(String mode) {
        return ("\u0001\u0000\u0010org/PoolingMode\u0001\u0000" + (char) mode.length() + mode)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private Map<String, byte[]> whole() {
        return new LinkedHashMap<>(Map.of("tiny.onnx", model(), "tiny-tokenizer.json", tokenizer()));
    }

    @Test
    void aJarBecomesAFolderOnce() throws IOException {
        Map<String, byte[]> entries = whole();
        entries.put("org/TinyEmbeddingModel.class", pooledBy("CLS"));
        String name = "jar:" + jar(entries);
        Path cache = folder.resolve("cache");

        Path first = ModelSource.imported(name, cache);
        var made = Files.getLastModifiedTime(first.resolve("model.safetensors"));
        Path second = ModelSource.imported(name, cache);

        assertThat(second).isEqualTo(first);
        assertThat(Files.getLastModifiedTime(first.resolve("model.safetensors")))
                .isEqualTo(made);
        assertThat(first.resolve("config.json")).content().contains("\"pooling\" : \"cls\"", "\"normalize\" : true");
        try (Stream<Path> inside = Files.list(cache)) {
            assertThat(inside).hasSize(1);
        }
    }

    @Test
    void poolingIsUnknownWithoutAClassThatSaysIt() throws IOException {
        Path made = ModelSource.imported("jar:" + jar(whole()), folder.resolve("cache"));
        assertThat(made.resolve("config.json")).content().contains("\"pooling\" : \"unknown\"");
    }

    @Test
    void oneOfSeveralModelsIsNamed() throws IOException {
        Map<String, byte[]> entries = whole();
        entries.put("other.onnx", model());
        String name = "jar:" + jar(entries);
        refused(name, "several models in tiny.jar; name one by #: other.onnx, tiny.onnx");
        refused(name + "#third.onnx", "no 'third.onnx' in tiny.jar; it has other.onnx, tiny.onnx");
        refused(name + "#other.onnx", "no tokenizer beside other.onnx in tiny.jar");
        assertThat(ModelSource.imported(name + "#tiny.onnx", folder.resolve("cache")))
                .isDirectory();
    }

    @Test
    void jarsWithoutAModelAreRefused() throws IOException {
        refused("jar:" + jar(Map.of("a.txt", new byte[1])), "no ONNX model in tiny.jar");
        refused("jar:" + folder.resolve("absent.jar"), "there is no file");
        Files.writeString(folder.resolve("tiny.jar"), "no jar");
        refused("jar:" + folder.resolve("tiny.jar"), "is no jar, or cut short");
        Map<String, byte[]> broken = whole();
        broken.put("tiny.onnx", new byte[] {1, 2, 3});
        refused("jar:" + jar(broken), "tiny.onnx: not an ONNX file");
        try (Stream<Path> inside = Files.list(folder.resolve("cache"))) {
            assertThat(inside).isEmpty();
        }
    }

    private void refused(String name, String why) {
        assertThatThrownBy(() -> ModelSource.imported(name, folder.resolve("cache")))
                .isInstanceOf(ImportException.class)
                .hasMessageStartingWith(name + ": ")
                .hasMessageContaining(why);
    }

    @Test
    void whatTheLocalRepositoryHasNeedsNoMaven() throws IOException {
        Path jar = installed();
        assertThat(new MavenJars(folder, Optional.empty()).find(NAME)).isEqualTo(jar);
        Files.writeString(jar.resolveSibling("tiny-model-1.0.jar.sha1"), "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8");
        assertThat(new MavenJars(folder, Optional.empty()).find(NAME)).isEqualTo(jar); // the SHA-1 of "a"
        Files.writeString(jar, "b");
        assertThatThrownBy(() -> new MavenJars(folder, Optional.empty()).find(NAME))
                .hasMessageContaining("is damaged: its SHA-1 is not 86f7e437");
    }

    @Test
    void withoutMavenItIsSaidWhatToFetch() {
        assertThatThrownBy(() -> new MavenJars(folder, Optional.empty()).find(NAME))
                .isInstanceOf(ImportException.class)
                .hasMessage(NAME + ": not in " + folder
                        + ", and there is no mvn on the PATH; where there is a network, run:"
                        + " mvn dependency:get -Dartifact=org.tiny:tiny-model:1.0 -Dtransitive=false (it lands in "
                        + folder.resolve("org/tiny/tiny-model/1.0") + ")");
    }

    @Test
    void mavenIsCalledForTheRest() throws IOException {
        Path jar = folder.resolve("org/tiny/tiny-model/1.0/tiny-model-1.0.jar");
        Path maven = program("mkdir -p " + jar.getParent() + "\necho a > " + jar);
        assertThat(new MavenJars(folder, Optional.of(maven)).find(NAME)).isEqualTo(jar);
    }

    @Test
    void whatMavenComplainsAboutIsSaid() throws IOException {
        Path maven =
                program("echo '[INFO] hello'\necho '[ERROR] Could not transfer: Unknown host -> [Help 1]'\nexit 1");
        assertThatThrownBy(() -> new MavenJars(folder, Optional.of(maven)).find(NAME))
                .hasMessageContaining(
                        "Maven does not find it (Could not transfer: Unknown host); where there is a network");
    }

    @Test
    void namesAreCheckedBeforeAnythingIsAsked() {
        for (String bad : List.of("maven:a:b", "maven:a:b:", "maven:../a:b:1", "maven:-x:b:1", "maven:a:b:1:c")) {
            assertThatThrownBy(() -> new MavenJars(folder, Optional.empty()).find(bad))
                    .hasMessage("'" + bad + "': expected maven:GROUP:ARTIFACT:VERSION");
        }
    }

    @Test
    void theSettingsSayWhereTheRepositoryIs() throws IOException {
        Path settings = folder.resolve("settings.xml");
        assertThat(MavenJars.setting(settings)).isEmpty();
        Files.writeString(settings, "<settings><!-- <localRepository>/no</localRepository> --></settings>");
        assertThat(MavenJars.setting(settings)).isEmpty();
        Files.writeString(settings, "<settings><localRepository>${user.home}/repo</localRepository></settings>");
        assertThat(MavenJars.setting(settings)).contains(System.getProperty("user.home") + "/repo");
    }

    private Path installed() throws IOException {
        Path jar = folder.resolve("org/tiny/tiny-model/1.0/tiny-model-1.0.jar");
        Files.createDirectories(jar.getParent());
        return Files.writeString(jar, "a");
    }

    private Path program(String script) throws IOException {
        Path program = Files.writeString(folder.resolve("mvn"), "#!/bin/sh\n" + script + "\n");
        return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
