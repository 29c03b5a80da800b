package dev.retouch.contract.gate;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
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
import dev.retouch.contract.harness.Books;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Launched;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway that is killed in the middle of its work loses no image's charge, charges nothing that nobody asked for, and
 * gives back what was set aside. Three kills in every build; more by hand, and at other moments with another seed:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=KillTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.kills=50 -Dretouch.kills.seed=7
 * </pre>
 */
class KillTest {

    private static final int KILLS = Integer.getInteger("retouch.kills", 3);
    private static final long SEED = Long.getLong("retouch.kills.seed", 1);
    private static final int CALLERS = 6;
    /** From the first edit on, so that some are killed before the edits of the killed one before them are decided, and some after. */
    private static final int LONGEST_LIFE_MILLIS = 2000;
    /** As the settings below say, and what it takes to look twice, and to start on a slow machine. */
    private static final Duration STATED = Duration.ofSeconds(15);

    private static final Map<String, String> SETTINGS = Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
            "RETOUCH_BOOTSTRAP_KEY", "sk-of-the-operator", "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream",
            "RETOUCH_BILLING_UNDECIDED_AFTER", "1s", "RETOUCH_BILLING_DEAD_AFTER", "3s", "RETOUCH_JAVA_OPTS",
            "-XX:TieredStopAtLevel=1");

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
    void whatWasDeliveredIsPaidAndNothingStaysHeld(TestReporter reporter) {
        List<Life> lives = new ArrayList<>();
        try (MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withJournalEntries(1_000_000))) {
            upstream.scenarios().always(Scenario.delay(Duration.ofMillis(40)));
            for (int kill = 1; kill <= KILLS; kill++) {
                try (Launched gateway = launch(upstream)) {
                    // or is killed again while it still finds out about the last time
                    boolean recovers = random.nextBoolean();
                    Admin admin = admin(gateway);
                    assertSound(recovers);
                    lives.add(liveAndDie(gateway, admin, "life-" + kill));
                    assertThat(gateway.err()).doesNotContain("ERROR");
                }
            }
            try (Launched gateway = launch(upstream)) {
                Admin admin = admin(gateway);
                assertSound(true);
                assertThat(admin.as(admin.issue("default", "")).edit(CheapEdit.form()).status()).isEqualTo(200);
            }
            reporter.publishEntry(assertPaid(lives, upstream));
        }
    }

    /** The books of a gateway that has come back, at once, and once the stated time has passed. */
    private void assertSound(boolean recovers) {
        try (Books books = Books.of(folder.resolve("retouch-data"))) {
            books.assertSound();
            if (recovers) {
                Awaitility.await().atMost(STATED).until(() -> books.edits("state IN ('held', 'undecided')") == 0);
                books.assertSound();
            }
        }
    }

    private Launched launch(MockUpstream upstream) {
        Map<String, String> environment = new HashMap<>(SETTINGS);
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return Launched.retouch(folder, environment, "serve");
    }

    /** Whoever runs it, once it answers. */
    private static Admin admin(Launched gateway) {
        return new Admin(URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1)),
                Admin.TOKEN);
    }

    /** Has a gateway edit for some callers until it is killed. */
    private Life liveAndDie(Launched gateway, Admin admin, String name) {
        JsonNode issued = admin.issue("default", "\"budget\":\"1000\"");
        Life life = new Life(name, issued.path("key").path("id").asText(), ConcurrentHashMap.newKeySet());
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.execute(() -> edit(admin.as(issued), life));
            }
            Awaitility.await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(1))
                    .until(() -> !life.delivered().isEmpty());
            Awaitility.await().pollInterval(Duration.ofMillis(1))
                    .pollDelay(Duration.ofMillis(random.nextInt(LONGEST_LIFE_MILLIS))).until(() -> true);
            gateway.kill();
        }
        return life;
    }

    /** Edits until the gateway is gone. */
    private static void edit(Endpoint caller, Life life) {
        try {
            while (true) {
                Reply reply = caller.edit(CheapEdit.form(life.name()));
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
        try (Books books = Books.of(folder.resolve("retouch-data"))) {
            for (Life life : lives) {
                String own = "key_id = '" + life.keyId() + "' AND ";
                Set<String> known = books.ids(own + "state = 'settled' AND note IS NULL AND cost = 16000000");
                int charged = books
                        .edits(own + "state = 'settled' AND note LIKE 'charged in full, because nobody knows%'"
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
