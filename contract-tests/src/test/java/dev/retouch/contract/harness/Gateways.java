package dev.retouch.contract.harness;

import java.lang.reflect.Executable;
import java.net.URI;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Provides the gateway under test. An {@link Endpoint} is the deployed gateway named by {@code RETOUCH_BASE_URL} and
 * {@code RETOUCH_KEY}, as system properties or environment variables. Without them it is a gateway shared by the test
 * classes of the JVM. A {@link RunningGateway} is always the shared gateway, so a test that uses it is skipped for a
 * deployed gateway.
 */
public final class Gateways implements ParameterResolver, ExecutionCondition {

    private static final String ONLY_ANSWERS = "looks inside a gateway of its own, and RETOUCH_BASE_URL names one that only answers";

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Endpoint.class || type == RunningGateway.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Optional<Endpoint> deployed = deployed();
        if (parameter.getParameter().getType() == Endpoint.class) {
            return deployed.orElseGet(() -> shared(context).endpoint());
        }
        return shared(context);
    }

    /** Skips what takes a {@link RunningGateway} while a deployed one is under test. */
    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Stream<Executable> takers = context.getTestMethod().isPresent()
                ? context.getTestMethod().stream().map(method -> method)
                : context.getTestClass().stream().flatMap(type -> Stream.of(type.getDeclaredConstructors()));
        boolean looksInside = takers.anyMatch(
                taker -> Arrays.asList(taker.getParameterTypes()).contains(RunningGateway.class));
        return looksInside && deployed().isPresent()
                ? ConditionEvaluationResult.disabled(ONLY_ANSWERS)
                : ConditionEvaluationResult.enabled("has what it takes");
    }

    /** Skips a test that starts another gateway if a deployed gateway is tested. */
    public static void ownOnly() {
        if (deployed().isPresent()) {
            throw new TestAbortedException(ONLY_ANSWERS);
        }
    }

    private static RunningGateway shared(ExtensionContext context) {
        Store store = context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(Gateways.class));
        return store.computeIfAbsent(RunningGateway.class, type -> RunningGateway.start(), RunningGateway.class);
    }

    private static Optional<Endpoint> deployed() {
        Optional<String> url = setting("RETOUCH_BASE_URL");
        return url.map(text -> new Endpoint(URI.create(text.replaceFirst("/+$", "").replaceFirst("/v1$", "")),
                setting("RETOUCH_KEY").orElseThrow(
                        () -> new IllegalStateException("RETOUCH_BASE_URL without RETOUCH_KEY"))));
    }

    private static Optional<String> setting(String name) {
        return Optional.ofNullable(System.getProperty(name, System.getenv(name))).filter(text -> !text.isBlank());
    }
}
