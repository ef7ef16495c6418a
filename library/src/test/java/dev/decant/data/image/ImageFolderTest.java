package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    @TempDir
    Path folder;

    @Test
    void readsAFolderSortedByClassAndName() throws IOException {
        Pictures.write(folder.resolve("train/dog/b.png"), Pictures.png(2, 0, 0));
        Pictures.write(folder.resolve("train/dog/a.PNG"), Pictures.png(1, 0, 0));
        Pictures.write(folder.resolve("train/cat/z.png"), Pictures.png(3, 0, 0));
        Pictures.write(folder.resolve("train/dog/notes.txt"), new byte[3]);
        Pictures.write(folder.resolve("val/bird/x.png"), Pictures.png(4, 0, 0));
        try (ImageFolder train = ImageFolder.open(folder, "train")) {
            assertThat(train.classes()).containsExactly("bird", "cat", "dog");
            assertThat(IntStream.range(0, 3).map(train::label)).containsExactly(1, 2, 2);
            assertThat(IntStream.range(0, 3).map(i -> train.image(i).value(0, 0, 0)))
                    .containsExactly(3, 1, 2);
            assertThat(train.name(0)).endsWith("cat" + java.io.File.separator + "z.png");
            assertThat(train.counts()).isEqualTo(Map.of("cat", 1, "dog", 2));
        }
        try (ImageFolder test = ImageFolder.open(folder, "test")) {
            assertThat(test.size()).isEqualTo(1);
            assertThat(test.label(0)).isZero();
        }
    }

    @Test
    void readsZipsAloneAndSeveralInAFolder() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        entries.put("top/train/cat/1.png", Pictures.png(1, 0, 0));
        entries.put("top/train/dog/1.png", Pictures.png(2, 0, 0));
        Pictures.zip(folder.resolve("set_train.zip"), entries);
        Pictures.zip(folder.resolve("set_test.zip"), Map.of("test/dog/7.png", Pictures.png(9, 0, 0)));
        try (ImageFolder alone = ImageFolder.open(folder.resolve("set_train.zip"), "train")) {
            assertThat(alone.size()).isEqualTo(2);
            assertThat(alone.name(1)).endsWith("set_train.zip!top/train/dog/1.png");
        }
        try (ImageFolder test = ImageFolder.open(folder, "test")) {
            assertThat(test.classes()).containsExactly("cat", "dog");
            assertThat(test.label(0)).isEqualTo(1);
            assertThat(test.image(0).value(0, 0, 0)).isEqualTo(9);
        }
    }

    @Test
    void zipsAreReadByManyThreads() throws IOException {
        Map<String, byte[]> entries = new TreeMap<>();
        for (int i = 0; i < 60; i++) {
            entries.put("train/c/" + (100 + i) + ".png", Pictures.png(i, 0, 0));
        }
        Pictures.zip(folder.resolve("a.zip"), entries);
        try (ImageFolder data = ImageFolder.open(folder, "train")) {
            assertThat(IntStream.range(0, 600)
                            .parallel()
                            .filter(i -> data.image(i % 60).value(0, 0, 0) != i % 60))
                    .isEmpty();
        }
    }

    @Test
    void aMissingSplitSaysWhatThereIs() throws IOException {
        Pictures.write(folder.resolve("train/cat/z.png"), Pictures.png(3, 0, 0));
        assertThatThrownBy(() -> ImageFolder.open(folder, "test"))
                .isInstanceOf(DataException.class)
                .hasMessage(folder + ": no images of split 'test'; expected test/<class>/<image>, found only [train]");
        assertThatThrownBy(() -> ImageFolder.open(folder.resolve("none"), "train"))
                .hasMessageContaining("none: no such file or folder");
        Path text = Files.writeString(folder.resolve("a.txt"), "hello");
        assertThatThrownBy(() -> ImageFolder.open(text, "train")).hasMessageContaining("not a readable zip");
    }

    @Test
    void unreadableImagesAreErrorsUnlessSkipped() throws IOException {
        Pictures.write(folder.resolve("train/cat/1.png"), Pictures.png(1, 0, 0));
        Pictures.write(folder.resolve("train/cat/2.png"), new byte[] {1, 2, 3});
        Pictures.write(folder.resolve("train/dog/3.png"), Pictures.png(3, 0, 0));
        try (ImageFolder data = ImageFolder.open(folder, "train")) {
            assertThatThrownBy(() -> data.image(1))
                    .isInstanceOf(DataException.class)
                    .hasMessageContaining("2.png");
            ReadableImages.Result readable = ReadableImages.of(data);
            assertThat(readable.data().size()).isEqualTo(2);
            assertThat(readable.data().label(1)).isEqualTo(1);
            assertThat(readable.skipped()).hasSize(1).first().asString().contains("2.png");
        }
    }
}
