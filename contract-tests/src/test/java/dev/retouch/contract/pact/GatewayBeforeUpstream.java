package dev.retouch.contract.pact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.RunningGateway;

/**
 * A gateway whose upstream is whatever listens on one port, so that what a caller's request makes it ask there can be written down.
 * It asks once, and forgives everything.
 */
final class GatewayBeforeUpstream implements AutoCloseable {

    /** A group whose edits leave as forms, whatever they came as. */
    static final String FORMS = "forms";
    /** A group whose JSON edits leave as JSON. */
    static final String DOCUMENTS = "documents";
    /** A group whose edits are judged before. */
    static final String MODERATED = "moderated";

    private static final String MODELS = """
            lost-model:
              like: gpt-image-1
              upstream-name: lost-model-1
            """;

    private final int port;
    private final RunningGateway gateway;

    GatewayBeforeUpstream(Path folder) {
        try {
            port = freePort();
            Path key = Files.writeString(folder.resolve("key"), "sk-upstream");
            String place = "  url: http://127.0.0.1:" + port + "/v1\n  key-file: " + key + "\n";
            Path upstreams = Files.writeString(folder.resolve("upstreams.yaml"),
                    FORMS + ":\n" + place + DOCUMENTS + ":\n" + place + "  json-edits: json\n");
            Path models = Files.writeString(folder.resolve("models.yaml"), MODELS);
            gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAMS_FILE",
                    upstreams.toString(), "RETOUCH_MODELS_FILE", models.toString(), "RETOUCH_UPSTREAM_MAX_ATTEMPTS",
                    "1",
                    "RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "1000", "RETOUCH_EDITS_UNKNOWN_PARAMETERS", "forward"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Admin.of(gateway).group(FORMS, "\"upstreams\":[\"" + FORMS + "\"]")
                .group(DOCUMENTS, "\"upstreams\":[\"" + DOCUMENTS + "\"]")
                .group(MODERATED, "\"upstreams\":[\"" + FORMS + "\"],\"moderation\":{\"mode\":\"block\"}");
    }

    /** Below the ports that the system gives to connections, so that the port is free whenever an upstream starts. */
    private static int freePort() throws IOException {
        while (true) {
            int candidate = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(candidate, 1, InetAddress.getLoopbackAddress())) {
                return free.getLocalPort();
            } catch (BindException e) {
                // another program listens there
            }
        }
    }

    /** Where its upstream is to be. */
    int port() {
        return port;
    }

    /** A client with a key of this group. */
    Endpoint caller(String group) {
        return Admin.of(gateway).key(group, "");
    }

    @Override
    public void close() {
        gateway.close();
    }
}
