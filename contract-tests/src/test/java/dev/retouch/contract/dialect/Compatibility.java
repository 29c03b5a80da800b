package dev.retouch.contract.dialect;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestWatcher;

/** Remembers how each test of the dialects ended, and hands the {@link Results} to whoever asks for them. */
final class Compatibility implements BeforeAllCallback, TestWatcher, ParameterResolver {

    @Override
    public void beforeAll(ExtensionContext context) {
        results(context); // so that a run in which nothing ends is written down too
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

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Results.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return results(context);
    }

    private static Results results(ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(Compatibility.class)).computeIfAbsent(Results.class,
                type -> new Results(), Results.class);
    }
}
