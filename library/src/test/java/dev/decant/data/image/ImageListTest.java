package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.image.Pictures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageListTest {

    @TempDir
    Path folder;

    private void table(String text) throws IOException {
        Files.writeString(folder.resolve("train.tsv"), text);
    }

    @Test
    void readsLabelsBoxesAndNamesWithImagesInAZip() throws IOException {
        table("file\twnid\tlabel\tx0\ty0\tx1\ty1\ntrain/a.png\tn1\t1\t0\t1\t2\t3\n\ntrain/b.png\tn0\t0\t1\t1\t3\t3\n");
        Files.writeString(folder.resolve("classes.tsv"), "label\twnid\tname\n0\tn0\tbee, insect\n1\tn1\tant\n");
        Pictures.zip(
                folder.resolve("train_2.zip"),
                Map.of("train/a.png", Pictures.png(5, 0, 0), "train/b.png", Pictures.png(6, 0, 0)));
        try (ImageList list = ImageList.open(folder, "train")) {
            assertThat(list.size()).isEqualTo(2);
            assertThat(list.classes()).containsExactly("bee, insect", "ant");
            assertThat(list.label(0)).isEqualTo(1);
            assertThat(list.box(0)).contains(new Box(0, 1, 2, 3));
            assertThat(list.image(1).value(0, 0, 0)).isEqualTo(6);
        }
    }

    @Test
    void labelsMayBeWordsAndImagesLieInImages() throws IOException {
        table("label\tfile\nwasp\ta.png\nant\tb.png\n");
        Pictures.write(folder.resolve("images/a.png"), Pictures.png(5, 0, 0));
        Pictures.write(folder.resolve("images/b.png"), Pictures.png(6, 0, 0));
        try (ImageList list = ImageList.open(folder, "train")) {
            assertThat(list.classes()).containsExactly("ant", "wasp");
            assertThat(list.label(0)).isEqualTo(1);
            assertThat(list.box(0)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void mistakesAreNamedWithFileAndLine() throws IOException {
        assertThatThrownBy(() -> ImageList.open(folder, "train")).hasMessage(folder + ": has no table train.tsv");
        Pictures.write(folder.resolve("a.png"), Pictures.png(5, 0, 0));
        String table = folder.resolve("train.tsv").toString();
        table("path\tlabel\na.png\t0\n");
        assertMessage(table + ": has no column 'file'; found path, label");
        table("file\tlabel\na.png\n");
        assertMessage(table + ":2: 1 fields; the header has 2");
        table("file\tlabel\nb.png\t0\n");
        assertMessage(
                table + ":2: image 'b.png' is neither in " + folder + ", nor in its folder images, nor in a zip there");
        table("file\tlabel\n../../etc/passwd\t0\n");
        assertMessage(table + ":2: image '../../etc/passwd' is neither in " + folder
                + ", nor in its folder images, nor in a zip there");
        table("file\tlabel\tx0\ty0\tx1\ty1\na.png\t0\t5\t0\t4\t9\n");
        assertMessage(table + ":2: box 5 0 4 9 ends before it begins; expected x0 <= x1 and y0 <= y1");
        Files.writeString(folder.resolve("classes.tsv"), "label\tname\n0\tant\n");
        table("file\tlabel\na.png\t1\n");
        assertMessage(table + ": label 1 is out of range; classes.tsv names 1 classes");
        table("file\tlabel\na.png\tant\n");
        assertMessage(table + ":2: column 'label' must be a whole number from 0, found 'ant'");
    }

    private void assertMessage(String message) {
        assertThatThrownBy(() -> ImageList.open(folder, "train"))
                .isInstanceOf(DataException.class)
                .hasMessage(message);
    }
}
