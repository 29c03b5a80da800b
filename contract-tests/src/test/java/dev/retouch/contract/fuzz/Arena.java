package dev.retouch.contract.fuzz;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Connections;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** The gateway under attack, with something in it for the requests to hit, and what it must be like when all is over. */
final class Arena implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofMinutes(1);
    /** Detects a silent client soon, and spools pictures to files, so that leaked files are detected. */
    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_HTTP_IDLE_TIMEOUT", "2s",
            "RETOUCH_HTTP_MEMORY_PER_IMAGE", "1KB");
    private static final int CROWD = 16;
    private static final int ROUNDS = 2;
    private static final String CALLERS = "callers";

    private final RunningGateway gateway = RunningGateway.start(SETTINGS);
    private final Admin admin = Admin.of(gateway);
    private final Endpoint caller;
    private final Map<String, String> known = new LinkedHashMap<>();

    /** What a gateway holds while nothing is going on. */
    record Holdings(ResourceSnapshot belongings, long connections) {}

    Arena() {
        admin.group(CALLERS, "\"limits\":{\"concurrent_edits\":8,\"queue\":8}");
        caller = admin.key(CALLERS, "\"budget\":\"1000000\"");
        known.put("key", caller.key());
        known.put("sandbox-key", gateway.endpoint().key());
        known.put("admin", Admin.TOKEN);
        known.put("host", gateway.baseUrl().getAuthority());
        List.of("victim-0", "victim-1", "victim-2").forEach(name -> admin.group(name, ""));
        known.put("victim", admin.issue("victim-0", "").at("/key/id").asText());
        known.put("task", task());
        known.put("ended-task", task());
        hostAFile();
        awaitRest();
    }

    /** What it holds, to be compared later, with as many connections kept open for later as are ever needed at once. */
    Holdings holdings() {
        for (int round = 0; round < ROUNDS; round++) {
            ConcurrentRequests crowd = ConcurrentRequests.of(CROWD,
                    number -> gateway.endpoint().edit(CheapEdit.form()));
            assertThat(crowd.replies()).hasSize(CROWD);
        }
        awaitRest();
        return new Holdings(ResourceSnapshot.of(gateway), Connections.openTo(gateway.baseUrl().getPort()));
    }

    /** Where the requests go. */
    Endpoint endpoint() {
        return gateway.endpoint();
    }

    /** Replaces the names in a text by their values in this run. */
    String resolved(String text) {
        String resolved = text;
        if (text.contains("{{")) {
            for (Map.Entry<String, String> each : known.entrySet()) {
                resolved = resolved.replace("{{" + each.getKey() + "}}", each.getValue());
            }
        }
        return resolved;
    }

    /** Secrets that no response may contain. */
    List<String> secrets() {
        return List.of(caller.key(), gateway.endpoint().key(), Admin.TOKEN);
    }

    private String task() {
        Form form = CheapEdit.form();
        Reply reply = Endpoint.send(caller.request(Endpoint.EDITS).header("Prefer", "respond-async")
                .header("Content-Type", form.contentType()).POST(BodyPublishers.ofByteArray(form.bytes())));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(202);
        return reply.json().path("id").asText();
    }

    private void hostAFile() {
        Reply reply = caller.edit(CheapEdit.form().text("response_format", "url"));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        URI link = URI.create(reply.json().at("/data/0/url").asText());
        known.put("file", link.getPath().substring(link.getPath().lastIndexOf('/') + 1));
        for (String parameter : link.getQuery().split("&")) {
            known.put(parameter.split("=", 2)[0], parameter.split("=", 2)[1]);
        }
    }

    /** Waits for work that continues after the last response: tasks, and edits whose client disconnected. */
    private void awaitRest() {
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
                assertThat(books.edits("state IN ('held', 'undecided')")).as("edits that hold money").isZero();
                assertThat(gateway.sandbox().journal().inFlight()).as("edits that the sandbox works on").isZero();
            });
        }
    }

    /** Nothing is left behind, the ledger balances, and the next request is served. */
    void assertNothingMoreThan(Holdings before) {
        awaitRest();
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            books.assertSound();
        }
        assertEverySlotIsFree();
        before.belongings().assertNothingMore();
        Awaitility.await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(Connections.openTo(gateway.baseUrl().getPort()))
                        .as("connections").isLessThanOrEqualTo(before.connections()));
        String numbers = Endpoint.send(new Endpoint(gateway.baseUrl(), Admin.TOKEN).request("/metrics").GET()).text();
        assertThat(numbers.lines().filter(line -> line.startsWith("retouch_edits_in_flight")))
                .isNotEmpty().allMatch(line -> line.endsWith(" 0.0"));
    }

    /** With a concurrency limit of 1 and no queue, a single leaked slot makes the next edit fail. */
    private void assertEverySlotIsFree() {
        Reply narrowed = admin.patch("groups/" + CALLERS, "{\"limits\":{\"concurrent_edits\":1,\"queue\":0}}");
        assertThat(narrowed.status()).as(narrowed.beginning()).isEqualTo(200);
        Awaitility.await().atMost(TIMEOUT).untilAsserted(() -> {
            Reply reply = caller.edit(CheapEdit.form());
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        });
        JsonNode budget = admin.get("groups/" + CALLERS).json().path("budget");
        assertThat(budget.path("held").asText()).as("held by %s", budget).isEqualTo("0");
    }

    @Override
    public void close() {
        gateway.close();
    }
}
