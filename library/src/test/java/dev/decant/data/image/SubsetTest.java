package dev.decant.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.decant.DataException;
import dev.decant.image.Image;
import dev.decant.image.Pictures;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SubsetTest {

    private final ImageDataset whole = CountingImages.of(12, 3);

    @Test
    void takesTheFirstOfEachClass() {
        Subset two = Subset.firstPerClass(whole, 2);
        assertThat(IntStream.range(0, two.size()).map(two::label)).containsExactly(0, 1, 2, 0, 1, 2);
        assertThat(two.name(5)).isEqualTo("counting[5]");
    }

    @Test
    void namedClassesAreRenumberedInTheGivenOrder() {
        Subset some = Subset.ofClasses(whole, List.of("class2", "class0"));
        assertThat(some.size()).isEqualTo(8);
        assertThat(some.classes()).containsExactly("class2", "class0");
        assertThat(some.label(0)).isEqualTo(1); // counting[0]
        assertThat(some.label(1)).isEqualTo(0); // counting[2]
        assertThat(some.image(1).value(0, 0, 0)).isEqualTo(2);
        assertThat(Subset.firstClasses(whole, 1).size()).isEqualTo(4);
    }

    @Test
    void unknownClassesListTheKnown() {
        assertThatThrownBy(() -> Subset.ofClasses(whole, List.of("cat")))
                .isInstanceOf(DataException.class)
                .hasMessage("class 'cat' is none of the data's: class0, class1, class2");
        assertThatThrownBy(() -> Subset.ofClasses(whole, List.of("class1", "class1")))
                .hasMessageContaining("listed twice");
        assertThatThrownBy(() -> Subset.firstClasses(whole, 4)).hasMessage("classes: asked for 4, the data has 3");
    }

    @Test
    void theCacheDecodesOnceWithinItsBudget() {
        AtomicInteger decoded = new AtomicInteger();
        ImageDataset counted = new ImageDataset() {
            @Override
            public int size() {
                return 3;
            }

            @Override
            public Image image(int index) {
                decoded.incrementAndGet();
                return Pictures.plain(4, 4, index, 0, 0); // 48 bytes
            }

            @Override
            public int label(int index) {
                return 0;
            }

            @Override
            public List<String> classes() {
                return List.of("a");
            }

            @Override
            public String name(int index) {
                return "n" + index;
            }
        };
        DecodedCache cache = new DecodedCache(counted, 100);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                assertThat(cache.image(i).value(0, 0, 0)).isEqualTo(i);
            }
        }
        assertThat(decoded).hasValue(2 + 3); // two fit, the third is decoded each time
    }
}
