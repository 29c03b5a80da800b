package dev.retouch.contract.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;

/** Providers in separate servers, and the upstreams file that configures them. */
final class Providers implements AutoCloseable {

    private final Path folder;
    private final Map<String, MockUpstream> running = new LinkedHashMap<>();
    private final Map<String, String> environment = new HashMap<>();
    private final StringBuilder file = new StringBuilder();

    Providers(Path folder) {
        this.folder = folder;
        environment.put("RETOUCH_ADMIN_TOKEN", Admin.TOKEN);
    }

    /** None yet, in the same folder. */
    Providers fresh() {
        return new Providers(folder);
    }

    /** The key that a provider takes, and no other. */
    static String keyOf(String name) {
        return "sk-provider-" + name + "-0123456789";
    }

    /** Starts one, with more lines of its entry, each with a line end. */
    Providers provider(String name, String more) {
        MockUpstream mock = MockUpstream
                .start(MockOptions.defaults().withKey(keyOf(name)).withFolder(folder).withKeptBodyBytes(64 << 20));
        running.put(name, mock);
        environment.put("KEY_OF_" + name, keyOf(name));
        return entry(name, mock.baseUrl().toString(), "  key-env: KEY_OF_" + name + "\n" + more);
    }

    /** An upstream that refuses connections. */
    Providers refusing(String name, String more) {
        return entry(name, "http://127.0.0.1:1/v1", more);
    }

    private Providers entry(String name, String url, String more) {
        file.append(name).append(":\n  url: ").append(url).append('\n').append(more);
        return this;
    }

    Providers setting(String name, String value) {
        environment.put(name, value);
        return this;
    }

    /** A gateway before all of them. */
    RunningGateway gateway() {
        try {
            Path written = Files.writeString(Files.createTempFile(folder, "upstreams", ".yaml"), file);
            environment.put("RETOUCH_UPSTREAMS_FILE", written.toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return RunningGateway.start(environment);
    }

    /** A client whose edits use all of them, and cost money. */
    static Endpoint caller(RunningGateway gateway) {
        return Admin.of(gateway).group("callers", "").key("callers", "");
    }

    MockUpstream named(String name) {
        MockUpstream mock = running.get(name);
        if (mock == null) {
            throw new IllegalArgumentException(name);
        }
        return mock;
    }

    /** How many edits a provider was sent. */
    long edits(String name) {
        return named(name).journal().entries().stream().filter(entry -> entry.path().equals("/v1/images/edits"))
                .count();
    }

    JournalEntry last(String name) {
        return named(name).journal().last().orElseThrow();
    }

    @Override
    public void close() {
        running.values().forEach(MockUpstream::close);
    }
}
