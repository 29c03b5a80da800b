package dev.retouch.server.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.UpstreamFile;
import dev.retouch.server.config.UpstreamSettings;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.BreakerRules;
import dev.retouch.server.upstream.Candidate;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.RetryRules;
import dev.retouch.server.upstream.Upstreams;

/** The upstreams of a configuration: the provider that the settings name, those of the upstreams file, and the sandbox. */
final class Providers {

    private final Configuration.Provider settings;
    private final Map<String, Provider> providers;

    /** One upstream with its key. */
    private record Provider(UpstreamSettings settings, Secret key) {

        Gate.Place place() {
            return new Gate.Place(settings.url(), key.value().orElse(""));
        }
    }

    private Providers(Configuration.Provider settings, Map<String, Provider> providers) {
        this.settings = settings;
        this.providers = providers;
    }

    /** The providers of a configuration with their keys; a mistake is told with its place. */
    static Providers of(Configuration configuration, ModelRegistry models, Map<String, String> environment) {
        Map<String, Provider> providers = new LinkedHashMap<>();
        configured(configuration, models).forEach((name, settings) -> providers.put(name, new Provider(settings,
                name.equals(Gate.PROVIDER) && configuration.upstream().url() != null
                        ? configuration.upstream().key()
                        : key(name, settings, configuration, environment))));
        if (providers.isEmpty() && !configuration.sandbox().enabled()) {
            throw new ConfigurationException(
                    "'sandbox.enabled' is off and there is neither an 'upstream.url' nor an 'upstreams-file'");
        }
        return new Providers(configuration.upstream(), providers);
    }

    /** The names of the upstreams of a configuration, the sandbox last. */
    static Set<String> names(Configuration configuration, ModelRegistry models) {
        Map<String, UpstreamSettings> named = configured(configuration, models);
        Set<String> names = new LinkedHashSet<>(named.keySet());
        if (configuration.sandbox().enabled()) {
            names.add(Gate.SANDBOX);
        }
        return names;
    }

    private static Map<String, UpstreamSettings> configured(Configuration configuration, ModelRegistry models) {
        Map<String, UpstreamSettings> configured = new LinkedHashMap<>();
        List<String> taken = new ArrayList<>(List.of(Gate.SANDBOX));
        URI url = configuration.upstream().url();
        if (url != null) {
            configured.put(Gate.PROVIDER, UpstreamSettings.usual(url, configuration.upstream()));
            taken.add(Gate.PROVIDER);
        }
        Path file = configuration.upstreamsFile();
        if (file != null) {
            configured.putAll(UpstreamFile.read(file, configuration.upstream(), taken, models.all().keySet()));
        }
        return configured;
    }

    /** The key, from where the file says. Its place is told where it is missing, and never the key. */
    private static Secret key(String name, UpstreamSettings settings, Configuration configuration,
            Map<String, String> environment) {
        String variable = settings.keyEnv();
        Path file = settings.keyFile();
        String where = configuration.upstreamsFile() + ": the upstream '" + name + "': ";
        Secret key = new Secret(null);
        if (variable != null) {
            key = new Secret(environment.get(variable));
            if (key.value().isEmpty()) {
                throw new ConfigurationException(where + "the environment has no " + variable);
            }
        } else if (file != null) {
            key = read(file, where);
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

    int count() {
        return providers.size();
    }

    /** Where each of them is, for whoever asks its moderation. */
    Map<String, Gate.Place> places(Optional<URI> sandbox) {
        Map<String, Gate.Place> places = new LinkedHashMap<>();
        providers.forEach((name, provider) -> places.put(name, provider.place()));
        sandbox.ifPresent(url -> places.put(Gate.SANDBOX, new Gate.Place(url, "sandbox")));
        return places;
    }

    /** Connects to all of them. */
    Upstreams connect(Parts parts, Optional<URI> sandbox, CircuitBreakerRegistry breakers, Metrics metrics,
            Clock clock) {
        BreakerRules rules = new BreakerRules(settings.restAfter(), settings.rest(), clock);
        List<Candidate> candidates = new ArrayList<>();
        providers.forEach((name, provider) -> candidates.add(new Candidate(
                new Candidate.Place(name, provider.settings().priority(), provider.settings().weight(), true),
                parts.add(new HttpUpstream(provider.settings(), provider.key(), clock)), rules, breakers, metrics)));
        // what the sandbox is told to do wrong is there to be seen, so nothing is done about it
        Optional<Candidate> builtIn = sandbox.map(url -> new Candidate(
                new Candidate.Place(Gate.SANDBOX, 1, 1, false),
                parts.add(new HttpUpstream(UpstreamSettings.usual(url, settings), new Secret("sandbox"), clock)), rules,
                breakers, metrics));
        return new Upstreams(candidates, builtIn, RetryRules.of(settings.attempts(), settings.retryBudget()),
                new Random(), metrics);
    }
}
