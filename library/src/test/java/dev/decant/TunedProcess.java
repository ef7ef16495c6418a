package dev.decant;

import dev.decant.tensor.Engine;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Tests compute in a process that is tuned as the command line's is, to the same digits; JUnit finds this class by itself. */
public final class TunedProcess implements BeforeAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        Engine.tuneProcess();
    }
}
