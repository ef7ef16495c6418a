package dev.decant.model.text;

import static org.assertj.core.api.Assertions.assertThat;

import dev.decant.model.text.Context.KeysAndValues;
import dev.decant.tensor.Scope;
import dev.decant.tensor.Tensor;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ContextTest {

    private static final List<Long> WRONG = List.of(1L, 0L, 1L);

    /** Two sequences of one head, one place, one number each: their keys are these numbers, their values ten times as much. */
    private static KeysAndValues made(Tensor others, AtomicInteger count) {
        count.incrementAndGet();
        Tensor heads = others.unsqueeze(1);
        return new KeysAndValues(heads, heads.mul(10));
    }

    private static Tensor places(List<Long> places) {
        return Tensor.of(places.stream().mapToLong(Long::longValue).toArray(), places.size());
    }

    @Test
    void everyPassChoosesItsRowsOfWhatALayerMadeOnce() {
        try (Scope scope = Scope.open()) {
            Context pairs = Context.of(Tensor.of(new float[] {3, 5}, 2, 1, 1)).rows(places(List.of(0L, 0L, 1L)));
            AtomicInteger count = new AtomicInteger();
            Object layer = new Object();
            KeysAndValues own = pairs.seenBy(layer, x -> made(x, count));
            KeysAndValues wrong = pairs.rows(places(List.of(2L, 0L))).seenBy(layer, x -> made(x, count));
            assertThat(own.keys().shape()).containsExactly(3, 1, 1, 1);
            assertThat(own.keys().floats()).containsExactly(3, 3, 5);
            assertThat(wrong.values().floats()).containsExactly(50, 30);
            assertThat(count).hasValue(1);
            pairs.seenBy(new Object(), x -> made(x, count));
            assertThat(count).as("another layer makes its own").hasValue(2);
        }
    }

    @Test
    void everyRowThatAttendsToASequenceAddsToItsGradient() {
        try (Scope scope = Scope.open()) {
            Tensor images = Tensor.of(new float[] {3, 5}, 2, 1, 1).requiresGrad(true);
            Context context = Context.of(images);
            Object layer = new Object();
            KeysAndValues own = context.seenBy(layer, x -> made(x, new AtomicInteger()));
            KeysAndValues wrong = context.rows(places(WRONG)).seenBy(layer, x -> made(x, new AtomicInteger()));
            own.keys().sum().add(wrong.values().sum()).backward();
            assertThat(images.grad().floats()).containsExactly(11, 21);
        }
    }

    @Test
    void whatIsMadeInAScopeOfALayerLivesAsLongAsTheContext() {
        try (Scope scope = Scope.open()) {
            Context context = Context.of(Tensor.of(new float[] {3, 5}, 2, 1, 1));
            Object layer = new Object();
            Scope.only(() ->
                    context.seenBy(layer, x -> made(x, new AtomicInteger())).keys());
            Scope.only(() -> Tensor.zeros(2, 1, 1));
            assertThat(context.seenBy(layer, x -> made(x, new AtomicInteger()))
                            .keys()
                            .floats())
                    .containsExactly(3, 5);
        }
    }

    @Test
    void theBiasOfASequenceGoesWithIt() {
        try (Scope scope = Scope.open()) {
            Tensor bias = Tensor.of(new float[] {0, -1}, 2, 1, 1, 1);
            Context context = Context.of(Tensor.zeros(2, 1, 1), List.of(bias)).rows(places(WRONG));
            assertThat(context.bias().get(0).floats()).containsExactly(-1, 0, -1);
        }
    }
}
