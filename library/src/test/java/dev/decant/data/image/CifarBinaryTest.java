package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.data.image.CifarBinary.Kind;
import dev.decant.image.Image;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarBinaryTest {

    @TempDir
    Path folder;

    /** Records whose planes hold 10, 20 and 30 plus the label. */
    private static byte[] records(int labelBytes, int... labels) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int label : labels) {
            byte[] record = new byte[labelBytes + 3072];
            record[labelBytes - 1] = (byte) label;
            for (int plane = 0; plane < 3; plane++) {
                int from = labelBytes + 1024 * plane;
                Arrays.fill(record, from, from + 1024, (byte) (10 * (plane + 1) + label));
            }
            record[labelBytes + 33] = 99; // red of the second row's second pixel
            out.writeBytes(record);
        }
        return out.toByteArray();
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (OutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    @Test
    void readsTrainingFilesInOrderPlainAndGzipped() throws IOException {
        Files.write(folder.resolve("data_batch_2.bin"), records(1, 7));
        Files.write(folder.resolve("data_batch_1.bin.gz"), gzip(records(1, 3, 5)));
        Files.write(folder.resolve("test_batch.bin"), records(1, 9));
        CifarBinary train = CifarBinary.open(folder, Kind.CIFAR10, "train");
        assertThat(train.size()).isEqualTo(3);
        assertThat(train.label(0)).isEqualTo(3);
        assertThat(train.label(2)).isEqualTo(7);
        assertThat(train.name(1)).isEqualTo("data_batch_1.bin.gz[1]");
        assertThat(train.name(2)).isEqualTo("data_batch_2.bin[0]");
        Image image = train.image(1);
        assertThat(image.value(0, 0, 0)).isEqualTo(15);
        assertThat(image.value(31, 31, 2)).isEqualTo(35);
        assertThat(image.value(1, 1, 0)).isEqualTo(99);
        assertThat(train.classes()).hasSize(10).startsWith("0", "1");
        assertThat(CifarBinary.open(folder, Kind.CIFAR10, "val").label(0)).isEqualTo(9);
    }

    @Test
    void cifar100UsesTheFineLabelAndItsNames() throws IOException {
        Files.write(folder.resolve("train.bin"), records(2, 99));
        Files.writeString(folder.resolve("fine_label_names.txt"), "name\n".repeat(99) + "last\n\n");
        CifarBinary train = CifarBinary.open(folder, Kind.CIFAR100, "train");
        assertThat(train.label(0)).isEqualTo(99);
        assertThat(train.classes()).hasSize(100).endsWith("last");
    }

    @Test
    void readsASingleFileWhateverTheSplit() throws IOException {
        Path file = Files.write(folder.resolve("anything.bin"), records(1, 4));
        assertThat(CifarBinary.open(file, Kind.CIFAR10, "test").label(0)).isEqualTo(4);
    }

    @Test
    void wrongFilesAreNamedWithWhatWasExpected() throws IOException {
        assertThatThrownBy(() -> CifarBinary.open(folder.resolve("gone"), Kind.CIFAR10, "train"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("gone: no such file or folder");
        assertThatThrownBy(() -> CifarBinary.open(folder, Kind.CIFAR10, "train"))
                .hasMessageContaining("no cifar10 train files")
                .hasMessageContaining("data_batch_*.bin");
        Path odd = Files.write(folder.resolve("train_odd.bin"), new byte[5000]);
        assertThatThrownBy(() -> CifarBinary.open(folder, Kind.CIFAR10, "train"))
                .hasMessage(odd + ": 5000 bytes are not a whole number of 3073-byte records of cifar10");
        Files.write(odd, records(1, 3, 200));
        assertThatThrownBy(() -> CifarBinary.open(folder, Kind.CIFAR10, "train"))
                .hasMessageContaining("train_odd.bin[1]: label 200 is out of range");
        Files.delete(odd);
        byte[] zipped = gzip(records(1, 3));
        Files.write(folder.resolve("train.bin.gz"), Arrays.copyOf(zipped, zipped.length - 30));
        assertThatThrownBy(() -> CifarBinary.open(folder, Kind.CIFAR10, "train"))
                .isInstanceOf(DataException.class)
                .hasMessageContaining("train.bin.gz: cannot be read");
    }
}
