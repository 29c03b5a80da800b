package dev.retouch.contract.access;

import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway killed in the middle of its work loses no charge for an image, makes no charge without an edit, loses no
 * response that it has charged, and releases its holds. Three kills in every build. More kills, at other moments, run with another seed:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.kills=50
 * -Dretouch.kills.seed=7
 * </pre>
 */
class KillTest {

    private static final int KILLS = Integer.getInteger("retouch.kills", 3);
    private static final long SEED = Long.getLong("retouch.kills.seed", 1);
    private static final int CALLERS = 6;
    /** From the first edit on, so that some are killed before the edits of the killed one before them are decided, and some after. */
    private static final int MAX_LIFE_MILLIS = 6000;
    /** As the settings below say, and what it takes to look twice, and to start on a slow machine. */
    private static final Duration STATED = Duration.ofSeconds(20);

    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_BOOTSTRAP_KEY", "sk-of-the-operator", "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream",
            "RETOUCH_UPSTREAM_TOTAL_TIMEOUT", "3s", "RETOUCH_BILLING_UNDECIDED_AFTER", "4s",
            "RETOUCH_BILLING_DEAD_AFTER", "3s", "RETOUCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
    /** Edits whose outcome the ledger knows, but not the client that asks again under their key. */
    private static final String LOST = "state = 'settled' AND note IS NULL AND id IN"
            + " (SELECT edit_id FROM edit_answers WHERE state <> 'answered')";
    /** Edits whose response is replayed to their client, and which are not charged. */
    private static final String UNPAID = "state <> 'settled' AND id IN"
            + " (SELECT edit_id FROM edit_answers WHERE state = 'answered' AND status = 200)";

    @TempDir
    private Path folder = Path.of(".");

    private final Random random = new Random(SEED);

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    /** What is known of the edits of one life: the key that all of them had, and the ids of those that were delivered. */
    private record Life(String name, String keyId, Set<String> delivered) {}

    @Test
    void deliveredImagesAreChargedAndNoHoldStays(TestReporter reporter) {
        List<Life> lives = new ArrayList<>();
        try (MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withJournalEntries(1_000_000))) {
            upstream.scenarios().always(Scenario.delay(Duration.ofMillis(40)));
            for (int kill = 1; kill <= KILLS; kill++) {
                try (LaunchedProcess gateway = launch(upstream)) {
                    // or is killed again while it still finds out about the last time
                    boolean recovers = random.nextBoolean();
                    Admin admin = admin(gateway);
                    assertSound(recovers);
                    lives.add(liveAndDie(gateway, admin, "life-" + kill));
                    assertThat(gateway.err()).doesNotContain("ERROR");
                }
            }
            try (LaunchedProcess gateway = launch(upstream)) {
                Admin admin = admin(gateway);
                assertSound(true);
                assertThat(admin.as(admin.issue("default", "")).edit(CheapEdit.form()).status()).isEqualTo(200);
            }
            reporter.publishEntry(assertPaid(lives, upstream));
        }
    }

    /** The books of a gateway that has come back, at once, and once the stated time has passed. */
    private void assertSound(boolean recovers) {
        try (LedgerProbe books = LedgerProbe.of(folder.resolve("retouch-data"))) {
            books.assertSound();
            assertThat(books.edits(LOST)).as("charged, and the image is lost").isZero();
            assertThat(books.edits(UNPAID)).as("stored, and not charged").isZero();
            if (recovers) {
                Awaitility.await().atMost(STATED).until(() -> books.edits("state IN ('held', 'undecided')") == 0);
                books.assertSound();
            }
        }
    }

    private LaunchedProcess launch(MockUpstream upstream) {
        Map<String, String> environment = new HashMap<>(SETTINGS);
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return LaunchedProcess.retouch(folder, environment, "serve");
    }

    /** The operator, after the gateway has started. */
    private static Admin admin(LaunchedProcess gateway) {
        return new Admin(URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1)),
                Admin.TOKEN);
    }

    /** Has a gateway edit for some callers until it is killed. */
    private Life liveAndDie(LaunchedProcess gateway, Admin admin, String name) {
        JsonNode issued = admin.issue("default", "\"budget\":\"1000\"");
        Life life = new Life(name, issued.path("key").path("id").asText(), ConcurrentHashMap.newKeySet());
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> edit(admin.as(issued), life));
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1))
                    .until(() -> !life.delivered().isEmpty());
            Awaitility.await().pollInterval(Duration.ofMillis(1))
                    .pollDelay(Duration.ofMillis(random.nextInt(MAX_LIFE_MILLIS))).until(() -> true);
            gateway.kill();
        }
        return life;
    }

    /** Edits until the gateway is gone. */
    private static void edit(Endpoint caller, Life life) {
        try {
            while (true) {
                Form form = CheapEdit.form(life.name());
                Reply reply = Endpoint.send(caller.request(Endpoint.EDITS).header("Content-Type", form.contentType())
                        .header("Idempotency-Key", UUID.randomUUID().toString())
                        .POST(BodyPublishers.ofByteArray(form.bytes())));
                assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
                life.delivered().add(reply.header("x-request-id").orElseThrow());
            }
        } catch (UncheckedIOException e) {
            // killed
        }
    }

    private Map<String, String> assertPaid(List<Life> lives, MockUpstream upstream) {
        int undecided = 0;
        int delivered = 0;
        try (LedgerProbe books = LedgerProbe.of(folder.resolve("retouch-data"))) {
            for (Life life : lives) {
                String own = "key_id = '" + life.keyId() + "' AND ";
                Set<String> known = books.ids(own + "state = 'settled' AND note IS NULL AND cost = 16000000");
                int charged = books
                        .edits(own
                                + "state = 'settled' AND note LIKE 'charged in full, because its outcome is unknown%'"
                                + " AND cost = 16000000");
                assertThat(known).as("paid, of what callers have seen").containsAll(life.delivered());
                assertThat(books.edits(own + "state = 'settled'")).as("settled, known or by the stated rule")
                        .isEqualTo(known.size() + charged);
                assertThat(books.edits(own + "state <> 'settled'")).as("released although nothing failed").isZero();

                long seen = edits(upstream, life).count();
                long whole = edits(upstream, life)
                        .filter(entry -> entry.status() == 200 && entry.outcome() == Outcome.ANSWERED).count();
                assertThat(whole).as("delivered by the upstream, and paid")
                        .isBetween((long) known.size(), (long) known.size() + charged);
                assertThat(seen).as("seen by the upstream, and held before")
                        .isLessThanOrEqualTo(known.size() + charged);
                undecided += charged;
                delivered += known.size();
            }
        }
        return Map.of("kills", Integer.toString(KILLS), "delivered", Integer.toString(delivered), "undecided",
                Integer.toString(undecided));
    }

    private static Stream<JournalEntry> edits(MockUpstream upstream, Life life) {
        return upstream.journal().entries().stream()
                .filter(entry -> entry.field("prompt").filter(life.name()::equals).isPresent());
    }
}
