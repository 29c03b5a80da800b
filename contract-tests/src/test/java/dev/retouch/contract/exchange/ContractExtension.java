package dev.retouch.contract.exchange;

import java.util.List;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test during which a request or response was not allowed by the document. Exchanges that end after the test
 * are reported at the end of the next. JUnit registers it automatically for every test of this module.
 */
public final class ContractExtension
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
                .begin(new TestName(type.getSimpleName() + method, !type.isAnnotationPresent(RandomRequests.class)));
    }

    private static void failOnViolations() {
        List<String> violations = Traffic.OF_THIS_PROCESS.violations();
        if (!violations.isEmpty()) {
            throw new AssertionError("not as the document has it:\n  " + String.join("\n  ", violations));
        }
    }
}
