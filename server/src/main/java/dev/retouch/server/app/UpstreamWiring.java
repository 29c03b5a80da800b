package dev.retouch.server.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.UpstreamsFileReader;
import dev.retouch.server.image.Spool;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;
import dev.retouch.server.upstream.CircuitBreakerSettings;
import dev.retouch.server.upstream.RetrySettings;
import dev.retouch.server.upstream.RoutedUpstream;
import dev.retouch.server.upstream.UpstreamDefaults;
import dev.retouch.server.upstream.UpstreamObserver;
import dev.retouch.server.upstream.UpstreamRegistry;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.WireSettings;

/**
 * Creates the upstreams of a configuration: the upstream of {@code upstream.url}, those of the upstreams file, and the sandbox. Reads
 * their API keys from the environment or from key files.
 */
final class UpstreamWiring {

    /** Name of the upstream that {@code upstream.url} configures. */
    private static final String DEFAULT = "default";
    /** Name of the embedded mock upstream. */
    static final String SANDBOX = "sandbox";

    /** New in each process, so that other users of the machine cannot use or script the sandbox. */
    private static final Secret SANDBOX_KEY = new Secret(UUID.randomUUID().toString());

    private final UpstreamDefaults settings;
    private final Map<String, ConfiguredUpstream> upstreams;
    private final KindWiring kinds;

    private record ConfiguredUpstream(UpstreamSettings settings, Secret key) {}

    private UpstreamWiring(UpstreamDefaults settings, Map<String, ConfiguredUpstream> upstreams, KindWiring kinds) {
        this.kinds = kinds;
        this.settings = settings;
        this.upstreams = upstreams;
    }

    /**
     * Reads the upstreams of a configuration and their API keys.
     *
     * @param document the upstreams file, or the stored document that is used instead; empty for none
     * @throws ConfigurationException if there is no upstream, or if a setting or key is invalid; the message names the setting
     */
    static UpstreamWiring of(Configuration configuration, ModelRegistry models, Map<String, String> environment,
            Optional<SettingsFile> document) {
        Map<String, ConfiguredUpstream> upstreams = new LinkedHashMap<>();
        KindWiring kinds = kinds(configuration, environment);
        String source = document.map(SettingsFile::name).orElse("");
        configured(configuration, models, document, kinds).forEach((name, settings) -> upstreams.put(name,
                new ConfiguredUpstream(settings,
                        name.equals(DEFAULT) && configuration.upstream().url() != null
                                ? configuration.upstream().key()
                                : key(source + ": the upstream '" + name + "': ", settings, environment, kinds))));
        if (upstreams.isEmpty() && !configuration.sandbox().enabled()) {
            throw new ConfigurationException(
                    "'sandbox.enabled' is off and there is neither an 'upstream.url' nor an 'upstreams-file'");
        }
        return new UpstreamWiring(configuration.upstream(), upstreams, kinds);
    }

    private static KindWiring kinds(Configuration configuration, Map<String, String> environment) {
        return new KindWiring(configuration.upstreamKindsFile(), environment,
                configuration.edits().maxReturnedImage().bytes());
    }

    /** Returns the names of the upstreams of a configuration, the sandbox last. */
    static Set<String> names(Configuration configuration, ModelRegistry models, Optional<SettingsFile> document) {
        Map<String, UpstreamSettings> named = configured(configuration, models, document,
                kinds(configuration, Map.of()));
        Set<String> names = new LinkedHashSet<>(named.keySet());
        if (configuration.sandbox().enabled()) {
            names.add(SANDBOX);
        }
        return names;
    }

    private static Map<String, UpstreamSettings> configured(Configuration configuration, ModelRegistry models,
            Optional<SettingsFile> document, KindWiring kinds) {
        Map<String, UpstreamSettings> configured = new LinkedHashMap<>();
        List<String> taken = new ArrayList<>(List.of(SANDBOX));
        URI url = configuration.upstream().url();
        if (url != null) {
            configured.put(DEFAULT, UpstreamSettings.usual(url, configuration.upstream()));
            taken.add(DEFAULT);
        }
        document.ifPresent(given -> {
            Map<String, UpstreamSettings> named = UpstreamsFileReader.read(given, configuration.upstream(), taken,
                    models.all().keySet(), kinds.usualUrls());
            named.forEach((name, settings) -> checkTimeout(configuration, given.name(), name, settings.totalTimeout()));
            configured.putAll(named);
        });
        return configured;
    }

    /** Rejects an attempt that could last longer than what waits for its outcome. */
    private static void checkTimeout(Configuration configuration, String source, String name,
            Duration timeout) {
        Map.of("billing.undecided-after", configuration.billing().undecidedAfter(), "idempotency.lifetime",
                configuration.idempotency().lifetime()).forEach((setting, time) -> {
                    if (time.compareTo(timeout) <= 0) {
                        throw new ConfigurationException(source + ": the upstream '" + name
                                + "': its total-timeout (" + timeout.toSeconds() + "s) must be shorter than '" + setting
                                + "' (" + time.toSeconds() + "s)");
                    }
                });
    }

    /** Reads the API key of an upstream. Error messages name its source and never contain the key. */
    private static Secret key(String where, UpstreamSettings settings, Map<String, String> environment,
            KindWiring kinds) {
        String variable = settings.keyEnv();
        Path file = settings.keyFile();
        Secret key = new Secret(null);
        if (variable != null) {
            key = new Secret(environment.get(variable));
            if (key.value().isEmpty()) {
                throw new ConfigurationException(where + "the environment has no " + variable);
            }
        } else if (file != null) {
            key = read(file, where);
        } else if (kinds.needsKey(settings.wire())) {
            throw new ConfigurationException(where + "its kind '" + settings.wire().kind()
                    + "' needs a key; name the environment variable with key-env, or a file with key-file");
        }
        if (key.value().filter(value -> !value.matches("[\\x21-\\x7e]+")).isPresent()) {
            throw new ConfigurationException(where + "its key has characters that no header can carry");
        }
        return key;
    }

    private static Secret read(Path file, String where) {
        Secret key;
        try {
            key = new Secret(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigurationException(where + "its key-file " + file + " cannot be read");
        }
        if (key.value().isEmpty()) {
            throw new ConfigurationException(where + "its key-file " + file + " is empty");
        }
        return key;
    }

    /** Returns the key that the sandbox accepts. */
    static String sandboxKey() {
        return SANDBOX_KEY.value().orElseThrow();
    }

    int count() {
        return upstreams.size();
    }

    /**
     * Returns the addresses of the upstreams by name.
     *
     * @param sandbox address of the sandbox, if it is enabled
     */
    Map<String, UpstreamAddress> addresses(Optional<SandboxAddress> sandbox) {
        Map<String, UpstreamAddress> addresses = new LinkedHashMap<>();
        upstreams.forEach((name, upstream) -> addresses.put(name,
                new UpstreamAddress(upstream.settings().url(), upstream.key(), upstream.settings().proxy())));
        sandbox.ifPresent(address -> addresses.put(SANDBOX,
                new UpstreamAddress(address.moderationUrl(), SANDBOX_KEY, null)));
        return addresses;
    }

    /** Returns the files that hold keys of upstreams. */
    List<Path> keyFiles() {
        return upstreams.values().stream().map(upstream -> upstream.settings().keyFile()).filter(Objects::nonNull)
                .toList();
    }

    /** Creates the registry; upstreams that another catalog has with the same settings and key are shared with it. */
    UpstreamRegistry connect(SharedConnections.Uses uses, Optional<SandboxAddress> sandbox,
            CircuitBreakerRegistry breakers,
            UpstreamObserver observer, Spool spool, Clock clock) {
        CircuitBreakerSettings rules = new CircuitBreakerSettings(settings.breakerMinAttempts(),
                settings.breakerOpenTime(), clock);
        List<RoutedUpstream> routed = new ArrayList<>();
        upstreams.forEach((name, upstream) -> routed.add(routed(uses,
                new RoutedUpstream.Place(name, upstream.settings().priority(), upstream.settings().weight(), true),
                upstream, rules, breakers, spool)));
        // the sandbox has no circuit breaker: its scripted failures reach the client
        Optional<RoutedUpstream> builtIn = sandbox
                .map(address -> routed(uses, new RoutedUpstream.Place(SANDBOX, 1, 1, false),
                        new ConfiguredUpstream(UpstreamSettings.usual(address.url(), settings,
                                WireSettings.ofKind(address.kind())), SANDBOX_KEY),
                        rules, breakers, spool));
        return new UpstreamRegistry(routed, builtIn, RetrySettings.of(settings.maxAttempts(), settings.retryBudget()),
                new Random(), observer);
    }

    private RoutedUpstream routed(SharedConnections.Uses uses, RoutedUpstream.Place place,
            ConfiguredUpstream upstream, CircuitBreakerSettings rules, CircuitBreakerRegistry breakers, Spool spool) {
        return uses.take(RoutedUpstream.class, List.of(place, upstream, kinds.description(upstream.settings())), () -> {
            breakers.remove(place.name()); // that of an upstream with other settings
            KindWiring.Created created = kinds.create(upstream.settings(), upstream.key(), spool, rules.clock());
            return new SharedConnections.Connected(
                    new RoutedUpstream(place, created.transport(), upstream.settings()::serves, rules, breakers),
                    created.client());
        });
    }
}
