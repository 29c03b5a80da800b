package dev.retouch.contract.pact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.PictureSite;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.contract.harness.StubUpstream;
import dev.retouch.mock.scenario.Scenario;

/** The gateway on which provider states are set up, and who asks it now. What a state has set up goes with its interaction. */
final class ProviderStates implements AutoCloseable {

    /** An upstream that refuses connections. */
    static final String DOWN = "down";
    /** An upstream that keeps every edit until its interaction is over. */
    static final String SLOW = "slow";

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final String MODELS = """
            small-pictures:
              like: gpt-image-1
              images: {bytes: 64}
            """;

    /** Something that has to be ended after an interaction. */
    @FunctionalInterface
    interface Ending {
        void run() throws Exception;
    }

    private final PictureSite site = new PictureSite();
    private final String picture = site.with("wall.png", Contract.example("input.png"));
    private final Semaphore over = new Semaphore(0);
    private final StubUpstream slow = StubUpstream.start(_ -> over.acquire());
    private final Path folder;
    private final RunningGateway gateway;
    private final Deque<Ending> endings = new ArrayDeque<>();
    private Endpoint caller;
    private int groups;

    ProviderStates() {
        try {
            folder = Files.createTempDirectory("retouch-pacts");
            Path upstreams = Files.writeString(folder.resolve("upstreams.yaml"),
                    DOWN + ":\n  url: http://127.0.0.1:1/v1\n"
                            + SLOW + ":\n  url: " + slow.baseUrl() + "\n");
            Path models = Files.writeString(folder.resolve("models.yaml"), MODELS);
            Map<String, String> settings = new HashMap<>(site.settings());
            settings.putAll(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1",
                    "RETOUCH_UPSTREAMS_FILE", upstreams.toString(), "RETOUCH_MODELS_FILE", models.toString()));
            gateway = RunningGateway.start(settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        caller = gateway.endpoint();
    }

    RunningGateway gateway() {
        return gateway;
    }

    Admin admin() {
        return Admin.of(gateway);
    }

    /** A picture that can be fetched from the web. */
    String picture() {
        return picture;
    }

    /** Who asks: where, and with which key. */
    Endpoint caller() {
        return caller;
    }

    void isAskedBy(Endpoint endpoint) {
        caller = endpoint;
    }

    /** A new group that the sandbox serves. */
    String group(String more) {
        return group("sandbox", more);
    }

    /** A new group that this upstream serves. */
    String group(String upstream, String more) {
        String name = "pact-" + groups++;
        admin().group(name, "\"upstreams\":[\"" + upstream + "\"]" + (more.isEmpty() ? "" : "," + more));
        return name;
    }

    /** Uses another gateway for the rest of the interaction; it is closed afterwards. */
    RunningGateway other(Map<String, String> settings) {
        RunningGateway other = RunningGateway.start(settings);
        isAskedBy(other.endpoint());
        return other;
    }

    /** Uses a new key of this group from now on. */
    JsonNode issue(String group, String more) {
        JsonNode issued = admin().issue(group, more);
        isAskedBy(admin().as(issued));
        return issued;
    }

    /** An edit that is with the sandbox when this returns, and stays there until the interaction is over and its client gone. */
    void beginEdit(RunningGateway which, Endpoint asking) throws IOException {
        which.sandbox().scenarios().next(Scenario.delay(LONG));
        Form form = CheapEdit.form();
        RawConnection connection = send(asking, form.bytes(), "Content-Type: " + form.contentType());
        afterwards(connection::reset);
        awaitAtUpstream(which, 1);
    }

    /** Starts an edit that is at the slow upstream when this returns, and continues even if its client disconnects. */
    void beginKeptEdit(Endpoint asking, byte[] json, String idempotencyKey) throws IOException {
        RawConnection connection = send(asking, json, "Content-Type: application/json",
                "Idempotency-Key: " + idempotencyKey);
        Awaitility.await().atMost(TIMEOUT).until(() -> slow.inFlight() == 1);
        afterwards(() -> {
            over.release();
            connection.reply();
            connection.close();
        });
    }

    private static RawConnection send(Endpoint asking, byte[] body, String... headers) throws IOException {
        List<String> all = new ArrayList<>(List.of(headers));
        all.add("Content-Length: " + body.length);
        return new RawConnection(asking).send(RawConnection.head(asking, all.toArray(String[]::new))).send(body);
    }

    /** What is to be done when the interaction is over, before all that was asked for earlier. */
    void afterwards(Ending ending) {
        endings.push(ending);
    }

    /** Ends what states have set up. */
    void clear() throws Exception {
        while (!endings.isEmpty()) {
            endings.pop().run();
        }
        gateway.sandbox().scenarios().clear();
        awaitAtUpstream(gateway, 0);
        caller = gateway.endpoint();
    }

    static void awaitAtUpstream(RunningGateway which, int edits) {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(10))
                .until(() -> which.sandbox().journal().inFlight() == edits);
    }

    @Override
    public void close() throws IOException {
        gateway.close();
        slow.close();
        site.close();
        for (String name : new String[]{"upstreams.yaml", "models.yaml"}) {
            Files.delete(folder.resolve(name));
        }
        Files.delete(folder);
    }
}
