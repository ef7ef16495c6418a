package dev.decant.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void dividesByOneLessThanTheCount() {
        Spread spread = Spread.of(90, 92, 94);
        assertThat(spread.mean()).isEqualTo(92);
        assertThat(spread.deviation()).isCloseTo(2, within(1e-12)); // sqrt((4 + 0 + 4) / 2)
        assertThat(spread).hasToString("92.00 ± 2.00");
    }

    @Test
    void knowsNoSpreadOfOneValue() {
        assertThat(Spread.of(91.5).deviation()).isNaN();
        assertThat(Spread.of(91.5)).hasToString("91.50");
    }

    @Test
    void needsAValue() {
        assertThatThrownBy(Spread::of)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at least one value");
    }
}
