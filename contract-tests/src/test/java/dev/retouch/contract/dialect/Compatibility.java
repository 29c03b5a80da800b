package dev.retouch.contract.dialect;

import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.TestWatcher;

/** Remembers how each test of a dialect ended; the {@link Results} are written down when its class is through. */
final class Compatibility implements BeforeAllCallback, TestWatcher {

    @Override
    public void beforeAll(ExtensionContext context) {
        store(context).put(Results.class, new Results.OfClass(context.getRequiredTestClass()));
    }

    @Override
    public void testSuccessful(ExtensionContext context) {
        results(context).passed(context.getRequiredTestMethod());
    }

    @Override
    public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
        results(context).failed(context.getRequiredTestMethod());
    }

    @Override
    public void testAborted(ExtensionContext context, @Nullable Throwable cause) {
        results(context).skipped(context.getRequiredTestMethod());
    }

    @Override
    public void testDisabled(ExtensionContext context, Optional<String> reason) {
        results(context).skipped(context.getRequiredTestMethod());
    }

    private static Results.OfClass results(ExtensionContext context) {
        return Objects.requireNonNull(store(context).get(Results.class, Results.OfClass.class), "the class has begun");
    }

    private static Store store(ExtensionContext context) {
        return context.getStore(Namespace.create(Compatibility.class));
    }
}
