package dev.decant.weights;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;

/** Files made by {@code reference/weights_fixtures.py}. */
final class Fixtures {

    private Fixtures() {}

    static Path file(String name) {
        URL url = Fixtures.class.getResource("/weights/" + name);
        if (url == null) {
            throw new AssertionError("no test file weights/" + name);
        }
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    static double[] values(StoredTensor tensor) {
        double[] values = new double[(int) tensor.elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = tensor.at(i);
        }
        return values;
    }
}
