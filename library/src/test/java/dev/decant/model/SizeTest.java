package dev.decant.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SizeTest {

    private static final List<Long> BASES = List.of(2L, 3L);
    private static final List<Long> OTHERS = List.of(3L, 5L);

    @Test
    void isANumberIfItNeverChanges() {
        assertThat(Size.fit(List.of(6L, 6L, 6L), BASES, OTHERS)).contains(new Size(6, List.of(0, 0)));
    }

    @Test
    void isAMultipleOfWhatChangesWithIt() {
        assertThat(Size.fit(List.of(8L, 12L, 8L), BASES, OTHERS)).contains(new Size(4, List.of(1, 0)));
        assertThat(Size.fit(List.of(24L, 36L, 40L), BASES, OTHERS)).contains(new Size(4, List.of(1, 1)));
        assertThat(Size.fit(List.of(9L, 9L, 25L), BASES, OTHERS)).contains(new Size(1, List.of(0, 2)));
    }

    @Test
    void isNothingElse() {
        assertThat(Size.fit(List.of(3L, 4L, 3L), BASES, OTHERS)).isEmpty();
        assertThat(Size.fit(List.of(1L, 2L, 1L), BASES, OTHERS)).isEmpty();
    }
}
