package dev.decant.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScopeTest {

    @Test
    void onlyTheResultOutlivesTheWork() {
        try (Scope outer = Scope.open()) {
            Tensor[] inside = new Tensor[1];
            Tensor result = Scope.only(() -> {
                inside[0] = Tensor.ones(3);
                return inside[0].add(1);
            });
            assertThat(result.floats()).containsExactly(2, 2, 2);
            assertThat(inside[0].handle().isNull()).isTrue();
        }
    }

    @Test
    void workMayReturnATensorFromOutside() {
        try (Scope outer = Scope.open()) {
            Tensor x = Tensor.ones(2);
            Tensor same = Scope.only(() -> x);
            Tensor nested = Scope.only(() -> Scope.only(() -> x));
            assertThat(same.add(nested).add(x).floats()).containsExactly(3, 3);
        }
    }

    @Test
    void withoutAScopeAroundTheResultIsTheCallers() {
        Tensor x = Tensor.ones(2);
        assertThat(Scope.only(() -> x.add(x)).floats()).containsExactly(2, 2);
        assertThat(x.floats()).containsExactly(1, 1);
    }

    @Test
    void aPlaceHoldsWhatInnerScopesMade() {
        Tensor held;
        try (Scope outer = Scope.open()) {
            Scope.Place place = Scope.here();
            try (Scope inner = Scope.open();
                    Scope innermost = Scope.open()) {
                held = place.hold(Tensor.ones(2).mul(3));
            }
            assertThat(held.floats()).containsExactly(3, 3);
        }
        assertThat(held.handle().isNull()).isTrue();
    }
}
