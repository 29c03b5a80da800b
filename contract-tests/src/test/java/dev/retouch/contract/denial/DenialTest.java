package dev.retouch.contract.denial;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.denial.Tenant.Round;
import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.ProcessProbe;
import dev.retouch.contract.harness.StubUpstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A gateway with a heap of 128 MB under attack by one API key and by strangers, while another tenant edits every second. The
 * tenant's edits succeed and take little longer than usual, {@code /healthz} answers, and heap, memory and files come back. Each attack takes
 * a second or two in every build; longer, and with other variants of the attacks:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=DenialTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.denial.seconds=600
 * -Dretouch.denial.seed=7
 * </pre>
 */
class DenialTest {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("retouch.denial.seconds", 20));
    private static final long SEED = Long.getLong("retouch.denial.seed", 1);
    private static final int ROUNDS_BEFORE = 20;
    /**
     * What half of the edits, four of five and all may take beside twice the usual time. A collection of the small heap, which attackers
     * fill, stops everything: for 0.1 to 0.3 seconds, and for up to 2 seconds if other tests want the processors ten times over. Then the
     * slowest of some hundred edits took 9.5 seconds, and the slowest request to {@code /healthz} 5.3 seconds.
     */
    private static final Duration HALF_OF_EDITS = Duration.ofMillis(100);
    private static final Duration MOST_EDITS = Duration.ofSeconds(1);
    private static final Duration ALL_EDITS = Duration.ofSeconds(15);
    private static final Duration HALF_OF_HEALTH = Duration.ofMillis(100);
    private static final Duration MOST_HEALTH = Duration.ofSeconds(1);
    private static final Duration ALL_HEALTH = Duration.ofSeconds(10);
    private static final Duration REST = Duration.ofMinutes(1);
    /** The heap grows to its maximum and stays there, and so do buffers beside it. */
    private static final long MORE_MEMORY = 160L << 20;
    /** Caches, and code that ran for the first time. */
    private static final long MORE_HEAP = 16L << 20;
    private static final int MORE_HANDLES = 30;
    /** Of pools that keep some. */
    private static final int MORE_THREADS = 40;
    /** An upstream that paints would be what the tenant waits for. */
    private static final byte[] ANSWER = ("{\"created\":1,\"data\":[{\"b64_json\":\""
            + Base64.getEncoder().encodeToString(Pictures.opaque()) + "\"}]}").getBytes(StandardCharsets.UTF_8);
    private static final Path PROCESSES = Path.of("/proc/self/fd");

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
        assumeThat(PROCESSES).as("needs /proc").exists();
    }

    @Test
    void anotherTenantIsServedUnderAttack(TestReporter reporter) throws Exception {
        System.out.println("retouch.denial.seed=" + SEED);
        try (StubUpstream upstream = StubUpstream.start(edit -> edit.document(ANSWER));
                SlowHost slowHost = new SlowHost();
                LaunchedProcess gateway = start(upstream, slowHost)) {
            URI address = URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1));
            Admin admin = new Admin(address, Admin.TOKEN);
            Endpoint attacker = admin.group("attackers", "").key("attackers", "\"budget\":\"1000000\"");
            Tenant tenant = new Tenant(admin.group("tenants", "").key("tenants", "\"budget\":\"1000000\""));
            List<Round> before = new ArrayList<>();
            for (int count = 0; count < ROUNDS_BEFORE; count++) {
                before.add(tenant.edit());
            }
            ProcessProbe process = new ProcessProbe(gateway.pid());
            long handles = process.handles();
            long threads = process.threads();
            long memory = process.memory();
            long heap = process.usedHeap();

            tenant.start();
            attack(attacker, slowHost, tenant);
            tenant.stop();

            List<Round> during = tenant.rounds();
            during.forEach(System.out::println);
            reporter.publishEntry(Map.of("seed", Long.toString(SEED), "edits", Integer.toString(during.size()),
                    "usual milliseconds", Long.toString(quantile(before, Round::edit, 50).toMillis()),
                    "under attack", Long.toString(quantile(during, Round::edit, 50).toMillis()), "memory",
                    memory + " to " + process.memory()));
            assertServed(before, during);
            assertThat(gateway.err()).doesNotContain("OutOfMemoryError");
            Awaitility.await().atMost(REST).untilAsserted(() -> {
                assertThat(process.handles()).as("open files").isLessThanOrEqualTo(handles + MORE_HANDLES);
                assertThat(process.threads()).as("threads").isLessThanOrEqualTo(threads + MORE_THREADS);
                assertThat(process.memory()).as("memory").isLessThanOrEqualTo(memory + MORE_MEMORY);
                assertThat(process.usedHeap()).as("heap").isLessThanOrEqualTo(heap + MORE_HEAP);
            });
            System.out.println("heap " + heap + " to " + process.usedHeap() + ", handles " + handles + " to "
                    + process.handles() + ", threads " + threads + " to " + process.threads() + ", memory " + memory
                    + " to " + process.memory());
            assertThat(tenant.edit().failure()).as("an edit afterwards").isEmpty();
        }
    }

    private LaunchedProcess start(StubUpstream upstream, SlowHost slowHost) {
        return LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream",
                "RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1", "RETOUCH_FETCH_PORTS",
                Integer.toString(slowHost.address().getPort()), "RETOUCH_JAVA_OPTS", "-Xmx128m"), "serve");
    }

    private void attack(Endpoint attacker, SlowHost slowHost, Tenant tenant) throws InterruptedException {
        try (LaunchedProcess attackers = Attackers.start(folder, attacker, slowHost.address(), SEED, TIME)) {
            while (attackers.isAlive()) {
                attackers.out().lines().reduce((before, last) -> last).ifPresent(tenant::during);
                Siege.pause();
            }
            System.out.println(attackers.out() + attackers.err());
            assertThat(attackers.exitCode()).as("attackers").isZero();
            assertThat(attackers.out()).as("attacks that got a response").contains("wrong admin tokens: 401");
        }
    }

    private static void assertServed(List<Round> before, List<Round> during) {
        assertThat(before).allSatisfy(round -> assertThat(round.failure()).isEmpty());
        assertThat(during).as("edits under attack").hasSizeGreaterThan(3);
        Duration usual = quantile(before, Round::edit, 50);
        assertThat(during).allSatisfy(round -> {
            assertThat(round.failure()).as("during: " + round.during()).isEmpty();
            assertThat(round.edit()).as("an edit during: " + round.during())
                    .isLessThan(usual.multipliedBy(2).plus(ALL_EDITS));
            assertThat(round.health()).as("/healthz during: " + round.during()).isLessThan(ALL_HEALTH);
        });
        assertThat(quantile(during, Round::edit, 50)).as("half of the edits, whose usual time is " + usual)
                .isLessThan(usual.multipliedBy(2).plus(HALF_OF_EDITS));
        assertThat(quantile(during, Round::edit, 80)).as("four of five edits, whose usual time is " + usual)
                .isLessThan(usual.multipliedBy(2).plus(MOST_EDITS));
        assertThat(quantile(during, Round::health, 50)).as("half of /healthz").isLessThan(HALF_OF_HEALTH);
        assertThat(quantile(during, Round::health, 80)).as("four of five of /healthz").isLessThan(MOST_HEALTH);
    }

    private static Duration quantile(List<Round> rounds, Function<Round, Duration> time, int percent) {
        List<Duration> sorted = rounds.stream().map(time).sorted().toList();
        return sorted.get(sorted.size() * percent / 100);
    }
}
