package dev.retouch.contract.pact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import au.com.dius.pact.core.support.expressions.ValueResolver;
import org.jspecify.annotations.Nullable;

/**
 * What decides which pacts are verified, and whether the results are published: system properties by pact-jvm's names, and
 * environment variables by those that all of Pact's tools share. What is empty is not set.
 *
 * @param parameters of the test run, which has the system properties among them
 * @param environment the environment
 */
record PactSettings(Function<String, Optional<String>> parameters,
        Map<String, String> environment) implements ValueResolver {

    static final String BROKER = "PACT_BROKER_BASE_URL";
    static final String TOKEN = "PACT_BROKER_TOKEN";
    static final String PUBLISH = "pact.verifier.publishResults";
    static final String VERSION = "pact.provider.version";
    static final String BRANCH = "pact.provider.branch";
    /** Folders with pact files, separated by commas. */
    static final String FOLDERS = "retouch.pacts";
    /** Whether pacts that were never kept before may fail, which the broker can only say for a branch. */
    static final String PENDING = "retouch.pacts.pending";

    private static final String OUR_FOLDERS = "target/pacts,pacts";
    private static final Map<String, String> VARIABLES = Map.of(PUBLISH, "PACT_BROKER_PUBLISH_VERIFICATION_RESULTS",
            VERSION, "PACT_PROVIDER_VERSION", BRANCH, "PACT_PROVIDER_BRANCH");

    PactSettings {
        environment = Map.copyOf(environment);
    }

    /** The value of a setting, or what follows from everything else. */
    Optional<String> value(String name) {
        return parameters.apply(name)
                .or(() -> Optional.ofNullable(environment.get(VARIABLES.getOrDefault(name, name))))
                .filter(value -> !value.isBlank()).or(() -> otherwise(name));
    }

    private Optional<String> otherwise(String name) {
        return switch (name) {
            case FOLDERS -> Optional.of(OUR_FOLDERS);
            case VERSION -> git("rev-parse", "HEAD").or(() -> parameters.apply("retouch.version"));
            case BRANCH -> git("rev-parse", "--abbrev-ref", "HEAD").filter(branch -> !branch.equals("HEAD"));
            case PENDING -> Optional.of(Boolean.toString(value(BRANCH).isPresent()));
            default -> Optional.empty();
        };
    }

    /** What git says; nothing where there is none, or no repository. */
    private static Optional<String> git(String... arguments) {
        try {
            Process git = new ProcessBuilder(java.util.stream.Stream.concat(java.util.stream.Stream.of("git"),
                    java.util.stream.Stream.of(arguments)).toList()).redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0 ? Optional.of(said) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public @Nullable String resolveValue(@Nullable String property) {
        List<String> nameAndDefault = List.of(String.valueOf(property).split(":", 2));
        return value(nameAndDefault.getFirst())
                .orElseGet(() -> nameAndDefault.size() > 1 ? nameAndDefault.getLast() : "");
    }

    @Override
    public @Nullable String resolveValue(@Nullable String property, @Nullable String otherwise) {
        return value(String.valueOf(property)).orElse(otherwise);
    }

    @Override
    public boolean propertyDefined(String property) {
        return value(property).isPresent();
    }

    /** Never the token. */
    @Override
    public String toString() {
        return "PactSettings[" + value(BROKER).orElse("no broker") + "]";
    }
}
