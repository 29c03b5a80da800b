package dev.retouch.contract.exchange;

import java.util.List;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test in which anything was asked or answered that the document does not allow; what goes on after its end is told at the
 * end of the next. JUnit puts it around every test of this module by itself.
 */
public final class HeldToTheDocument
        implements
            BeforeAllCallback,
            BeforeEachCallback,
            AfterEachCallback,
            AfterAllCallback {

    @Override
    public void beforeAll(ExtensionContext context) {
        begin(context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        begin(context);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        failOnViolations();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        Traffic.OF_THIS_PROCESS.write();
        failOnViolations();
    }

    private static void begin(ExtensionContext context) {
        Class<?> type = context.getRequiredTestClass();
        String method = context.getTestMethod().map(found -> "." + found.getName()).orElse("");
        Traffic.OF_THIS_PROCESS
                .begin(new TestName(type.getSimpleName() + method, !type.isAnnotationPresent(ByChance.class)));
    }

    private static void failOnViolations() {
        List<String> violations = Traffic.OF_THIS_PROCESS.violations();
        if (!violations.isEmpty()) {
            throw new AssertionError("not as the document has it:\n  " + String.join("\n  ", violations));
        }
    }
}
