package dev.retouch.contract.streaming;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.ConcurrentRequests;
import dev.retouch.contract.harness.Connections;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.contract.harness.StubUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients vanish at any moment: while they send, while they wait for a place or for the upstream, and in the middle of a
 * stream. Two seconds after the last of them nothing is left of any. Other moments with another seed:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=VanishingTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.vanishing.seed=7
 * </pre>
 */
@TestInstance(Lifecycle.PER_CLASS)
class VanishingTest {

    private static final long SEED = Long.getLong("retouch.vanishing.seed", 1);
    private static final int CLIENTS = 100;
    private static final int PLACES = 12;
    private static final int LAST_MILLIS = 3000;
    private static final Duration SOON = Duration.ofSeconds(10);
    /** Longer than any wait of this test: an upstream that still responds then was not notified of the disconnect. */
    private static final Duration THINKING = Duration.ofSeconds(30);
    private static final Duration BETWEEN_EVENTS = Duration.ofMillis(100);
    /** Larger than what lies in memory, so that there are files to forget. */
    private static final int IMAGE_BYTES = 200 * 1024;
    private static final String PARTIAL = "image_edit.partial_image";
    private static final byte[] ANSWER = ("{\"created\":1,\"data\":[{\"b64_json\":\""
            + Base64.getEncoder().encodeToString(Fixtures.image()) + "\"}]}").getBytes(StandardCharsets.US_ASCII);

    private final Random random = new Random(SEED);
    private final StubUpstream upstream;
    private final RunningGateway gateway;
    private final Admin admin;
    private final AtomicInteger inMidStream = new AtomicInteger();
    private volatile boolean thinks = true;

    VanishingTest() {
        Gateways.ownOnly();
        upstream = StubUpstream.start(this::answer);
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAM_URL",
                upstream.baseUrl().toString()));
        admin = Admin.of(gateway).group("vanishing",
                "\"limits\":{\"concurrent_edits\":" + PLACES + ",\"queue\":" + CLIENTS + "}");
    }

    @AfterAll
    void stop() {
        gateway.close();
        upstream.close();
    }

    /**
     * A client, and how it goes.
     *
     * @param sends how much of its request it sends at all
     * @param events after how many events it goes, whenever they come; 0 for at a moment
     * @param atMillis the moment
     * @param abruptly with a reset, or closing its connection in good order
     */
    private record Client(boolean streamed, double sends, int events, int atMillis, boolean abruptly) {}

    @Test
    void aHundredClientsLeaveNothing(TestReporter reporter) throws Exception {
        JsonNode issued = admin.issue("vanishing", "\"budget\":\"1000\"");
        Endpoint caller = admin.as(issued);
        thinks = false;
        assertThat(caller.edit(form("whole")).status()).isEqualTo(200);
        thinks = true;

        vanish(caller);
        long gone = System.nanoTime();

        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Awaitility.await().atMost(SOON).pollInterval(Duration.ofMillis(20)).untilAsserted(() -> {
                assertThat(books.edits("state IN ('held', 'undecided')")).as("edits that hold money").isZero();
                assertThat(upstream.inFlight()).as("edits that the upstream still works on").isZero();
                assertThat(gateway.temporaryFiles()).isEmpty();
            });
            reporter.publishEntry(Map.of("seed", Long.toString(SEED), "reached the upstream",
                    Integer.toString(upstream.edits() - 1), "left in mid-stream", inMidStream.toString(), "at once",
                    Integer.toString(upstream.peak()), "clean after",
                    Duration.ofNanos(System.nanoTime() - gone).toMillis() + " ms"));
            books.assertSound();
            JsonNode budget = admin.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
            assertThat(budget.path("held").asText()).isEqualTo("0");
            assertThat(books.edits("state = 'released'")).as("edits that nothing had come of").isPositive();
            assertThat(inMidStream).as("clients that had seen an image").hasPositiveValue();
            assertThat(books.edits("state = 'settled'")).as("their edits, and the first of all")
                    .isGreaterThan(inMidStream.get());
        }
        assertThat(upstream.peak()).as("or nobody waited for a place").isGreaterThanOrEqualTo(PLACES);
        assertThat(Connections.openTo(upstream.port())).as("connections, which may wait for the next edit")
                .isLessThanOrEqualTo(PLACES);
        assertEveryPlaceIsFree(caller);
    }

    /** Nothing is written to it any more, which is how a client that is gone shows without being looked for. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theClientOfAQuietStreamIsMissedToo(boolean abruptly) throws IOException {
        Endpoint caller = admin.key("vanishing", "\"budget\":\"1\"");
        thinks = true;
        try (Events events = Events.of(caller, form("quiet"))) {
            assertThat(events.next()).isPresent();
            if (abruptly) {
                events.vanish();
            }
        }
        Awaitility.await().atMost(SOON).until(() -> upstream.inFlight() == 0);
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            Awaitility.await().atMost(SOON).until(() -> books.edits("state IN ('held', 'undecided')") == 0);
        }
        assertThat(gateway.temporaryFiles()).isEmpty();
    }

    private void vanish(Endpoint caller) throws Exception {
        try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> clients = new ArrayList<>();
            List<Future<?>> leaving = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                Client client = client(i % 2 == 0);
                RawConnection connection = new RawConnection(caller);
                if (client.events() == 0) {
                    leaving.add(
                            clock.schedule(() -> leave(connection, client), client.atMillis(), TimeUnit.MILLISECONDS));
                }
                clients.add(threads.submit(() -> live(connection, caller, client)));
            }
            for (Future<?> each : leaving) {
                each.get();
            }
            int answered = 0;
            for (Future<Boolean> client : clients) {
                answered += client.get() ? 1 : 0;
            }
            assertThat(answered).as("clients that were answered to the end before they went").isZero();
        }
    }

    private Client client(boolean streamed) {
        boolean partly = random.nextInt(3) == 0;
        boolean waitsForEvents = streamed && !partly && random.nextBoolean();
        return new Client(streamed, partly ? random.nextDouble() : 1, waitsForEvents ? 1 + random.nextInt(3) : 0,
                random.nextInt(LAST_MILLIS), random.nextBoolean());
    }

    private static void leave(RawConnection connection, Client client) {
        try {
            if (client.abruptly()) {
                connection.reset();
            } else {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it came to the end of an answer; it is to be gone before. */
    private boolean live(RawConnection connection, Endpoint caller, Client client) {
        Form form = form(client.streamed() ? "streamed" : "whole");
        byte[] body = form.bytes();
        try {
            connection.send(RawConnection.head(caller, "Content-Type: " + form.contentType(),
                    "Content-Length: " + body.length));
            connection.send(Arrays.copyOf(body, (int) (client.sends() * body.length)));
            for (int events = 0; events < client.events() || client.events() == 0;) {
                events += connection.line().startsWith("event:") ? 1 : 0;
            }
            leave(connection, client);
            inMidStream.incrementAndGet();
            return false;
        } catch (EOFException e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** An upstream that takes longer than all of them wait, and sends events meanwhile where they were asked for. */
    private void answer(StubUpstream.Edit edit) throws Exception {
        boolean streamed = !edit.prompt().equals("whole");
        int most = edit.prompt().equals("quiet") ? 1 : Integer.MAX_VALUE;
        long until = System.nanoTime() + THINKING.toNanos();
        for (int event = 0; thinks && System.nanoTime() < until; event++) {
            if (edit.isAbandoned()) {
                return;
            }
            if (streamed && event > 1 && event <= most + 1L) {
                edit.event(PARTIAL, "{\"type\":\"" + PARTIAL + "\",\"b64_json\":\"QUJD\"}");
            }
            Thread.sleep(BETWEEN_EVENTS);
        }
        edit.document(ANSWER);
    }

    /** An edit of one of three kinds: streamed, quiet, which is streamed and then silent, or whole. */
    private static Form form(String kind) {
        Form form = Form.empty().text("prompt", kind).text("size", "1024x1024").text("quality", "low").file("image",
                "image.png", "image/png", Arrays.copyOf(Fixtures.image(), IMAGE_BYTES));
        return kind.equals("whole") ? form : form.text("stream", "true").text("partial_images", "3");
    }

    /** The upstream answers none before as many as there are places have come to it. */
    private void assertEveryPlaceIsFree(Endpoint caller) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ConcurrentRequests> crowd = threads
                    .submit(() -> ConcurrentRequests.of(PLACES, _ -> caller.edit(form("whole"))));
            Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> upstream.inFlight() == PLACES);
            thinks = false;
            assertThat(crowd.get().with(200)).isEqualTo(PLACES);
        }
    }
}
