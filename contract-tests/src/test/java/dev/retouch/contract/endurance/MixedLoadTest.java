package dev.retouch.contract.endurance;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.endurance.Curve.Sample;
import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.ProcessProbe;
import dev.retouch.contract.harness.StubUpstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A gateway with its default memory under a mixed load: small and large edits, streams, slow readers, clients that leave at any moment, and
 * upstreams that fail. Its heap, direct buffers, memory and files stay flat, and nothing remains of the edits. Builds run it for some seconds;
 * longer, with the curve in {@code contract-tests/target/endurance}:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=MixedLoadTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.endurance.seconds=1800
 * </pre>
 */
class MixedLoadTest {

    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("retouch.endurance.seconds", 20));
    private static final long SEED = Long.getLong("retouch.endurance.seed", 1);
    private static final Duration BETWEEN_SAMPLES = TIME.dividedBy(60).plusSeconds(1);
    private static final Duration TOTAL_TIMEOUT = Duration.ofSeconds(20);
    /** After that, an edit whose upstream has reset the connection is charged. */
    private static final Duration UNDECIDED_AFTER = Duration.ofSeconds(25);
    private static final Duration REST = Duration.ofMinutes(2);
    /** Code that ran for the first time in the second half of a short run. */
    private static final double MORE_HEAP = 8;
    private static final double MORE_DIRECT = 16;
    /** The C library keeps what was freed. */
    private static final double MORE_RESIDENT = 40;
    private static final double MORE_FILES = 20;
    private static final double MEGABYTE = 1 << 20;

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
        assumeThat(Path.of("/proc/self/fd")).as("needs /proc").exists();
    }

    @Test
    void memoryAndFilesStayFlat(TestReporter reporter) throws Exception {
        System.out.println("retouch.endurance.seed=" + SEED);
        Path data = folder.resolve("data");
        Curve curve = new Curve();
        try (StubUpstream upstream = MixedUpstream.start();
                LaunchedProcess gateway = LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", "0",
                        "RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATA_DIR", data.toString(),
                        "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY",
                        "sk-of-the-upstream", "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1",
                        "RETOUCH_UPSTREAM_TOTAL_TIMEOUT", seconds(TOTAL_TIMEOUT), "RETOUCH_BILLING_UNDECIDED_AFTER",
                        seconds(UNDECIDED_AFTER)), "serve")) {
            Admin admin = new Admin(
                    URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1)),
                    Admin.TOKEN);
            ProcessProbe process = new ProcessProbe(gateway.pid());
            Endpoint client = admin.group("endurance", "").key("endurance", "\"budget\":\"10000000\"");
            long handles = process.handles();
            MixedLoad load = new MixedLoad(client, SEED);
            long start = System.nanoTime();
            while (System.nanoTime() - start < TIME.toNanos()) {
                TimeUnit.NANOSECONDS.sleep(BETWEEN_SAMPLES.toNanos());
                curve.add(sample(process, admin, System.nanoTime() - start));
            }
            load.stop();
            curve.write(Path.of("target", "endurance"), "mixed-load");
            System.out.println(load.edits());
            reporter.publishEntry(load.edits().toString());

            assertThat(load.unexpected()).isEmpty();
            assertThat(load.edits()).containsOnlyKeys(MixedLoad.Kind.values());
            assertFlat(curve, "heap after a collection", Sample::heap, MORE_HEAP);
            assertFlat(curve, "direct buffers", Sample::direct, MORE_DIRECT);
            assertFlat(curve, "resident memory", Sample::resident, MORE_RESIDENT);
            assertFlat(curve, "open files", Sample::files, MORE_FILES);
            Awaitility.await().atMost(REST).untilAsserted(() -> {
                Sample after = sample(process, admin, 0);
                assertThat(after.active()).as("active edits").isZero();
                assertThat(after.held()).as("held amount").isZero();
                assertThat(process.handles()).as("open files").isLessThanOrEqualTo(handles + (long) MORE_FILES);
            });
            gateway.terminate();
            assertThat(gateway.err()).doesNotContain("OutOfMemoryError", "ERROR");
        }
        try (LedgerProbe ledger = LedgerProbe.of(data)) {
            ledger.assertSound();
            assertThat(ledger.edits("state = 'settled'")).isPositive();
            assertThat(ledger.edits("state IN ('held', 'undecided')")).isZero();
        }
    }

    private static String seconds(Duration time) {
        return time.toSeconds() + "s";
    }

    /** The third quarter of the run against the last. The first half fills caches and pools. */
    private static void assertFlat(Curve curve, String what, ToDoubleFunction<Sample> value, double more) {
        assertThat(curve.median(value, .75, 1)).as("%s in the last quarter", what)
                .isLessThanOrEqualTo(curve.median(value, .5, .75) + more);
    }

    private static Sample sample(ProcessProbe process, Admin admin, long nanos) throws IOException {
        double resident = process.memory() / MEGABYTE;
        double heap = process.usedHeap() / MEGABYTE;
        String metrics = new Endpoint(admin.baseUrl(), Admin.TOKEN).get("/metrics").text();
        return new Sample(nanos / 1e9, heap,
                metric(metrics, "jvm_buffer_memory_used_bytes\\{id=\"direct\"\\}") / MEGABYTE,
                resident, process.handles(), metric(metrics, "retouch_edits_active"),
                metric(metrics, "retouch_held_amount\\{[^}]*group=\"endurance\"[^}]*\\}"));
    }

    private static double metric(String metrics, String name) {
        return Pattern.compile("(?m)^" + name + " (\\S+)$").matcher(metrics).results()
                .mapToDouble(found -> Double.parseDouble(found.group(1))).sum();
    }
}
