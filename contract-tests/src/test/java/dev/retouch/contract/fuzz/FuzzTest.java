package dev.retouch.contract.fuzz;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestReporter;

import dev.retouch.contract.exchange.RandomRequests;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random requests for every operation of the contract. Builds use the same requests every time. A run with a number of cases uses
 * others each time, unless it names the seed; failures and the output of the test name it. Also a single case alone:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.fuzz.cases=50000
 * mvn -q verify -pl contract-tests -am -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.fuzz.cases=50000 -Dretouch.fuzz.seed=7
 * mvn -q verify -pl contract-tests -am -Dtest=FuzzTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.fuzz.seed=7 -Dretouch.fuzz.case=123
 * </pre>
 */
@TestInstance(Lifecycle.PER_CLASS)
@RandomRequests
class FuzzTest {

    private static final int CASES = Integer.getInteger("retouch.fuzz.cases", 2_000);
    private static final long SEED = Long.getLong("retouch.fuzz.seed",
            System.getProperty("retouch.fuzz.cases") == null ? 1 : new SplittableRandom().nextInt(1_000_000));
    private static final Optional<Integer> ONE = Optional.ofNullable(Integer.getInteger("retouch.fuzz.case"));
    /** Cases of another seed that come first, so that all is open and loaded which is needed again and again. */
    private static final int WARM_UP = 500;
    private static final int CALLERS = 8;
    private static final int ENOUGH_FAILURES = 20;
    private static final Duration NO_HANG = Duration.ofSeconds(30);

    private final Contract contract = new Contract();
    private final Verdict verdict = new Verdict(contract);
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<Integer, AtomicInteger> statuses = new ConcurrentSkipListMap<>();
    private final Arena arena;

    FuzzTest() {
        Gateways.ownOnly();
        arena = new Arena();
    }

    @AfterAll
    void stop() {
        arena.close();
    }

    @Test
    void randomRequestsGetDocumentedResponsesAndLeaveNothing(TestReporter reporter) throws Exception {
        long start = System.nanoTime();
        System.out.println("retouch.fuzz.seed=" + SEED);
        if (ONE.isEmpty()) {
            attack(new Generator(contract.tree(), SEED + 1), WARM_UP);
        }
        Arena.Holdings before = arena.holdings();
        if (ONE.isEmpty()) {
            attack(new Generator(contract.tree(), SEED), CASES);
        } else {
            attempt(new Generator(contract.tree(), SEED).of(ONE.get()));
        }
        reporter.publishEntry(Map.of("seed", Long.toString(SEED), "answers by status", statuses.toString(),
                "seconds", Long.toString(Duration.ofNanos(System.nanoTime() - start).toSeconds())));

        assertThat(failures).withFailMessage(
                () -> "retouch.fuzz.seed=" + SEED + "\n\n" + String.join("\n\n", failures)).isEmpty();
        arena.assertNothingMoreThan(before);
    }

    private void attack(Generator generator, int cases) throws Exception {
        AtomicInteger next = new AtomicInteger();
        Callable<Boolean> caller = () -> {
            for (int number = next.getAndIncrement(); number < cases
                    && failures.size() < ENOUGH_FAILURES; number = next.getAndIncrement()) {
                attempt(generator.of(number));
            }
            return true;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(CALLERS)) {
            List<Future<Boolean>> callers = new ArrayList<>();
            for (int count = 0; count < CALLERS; count++) {
                callers.add(threads.submit(caller));
            }
            for (Future<Boolean> each : callers) {
                each.get();
            }
        }
    }

    private void attempt(Case request) {
        long start = System.nanoTime();
        try {
            Optional<Reply> reply = exchanged(request);
            Duration took = Duration.ofNanos(System.nanoTime() - start);
            assertThat(took).as("time").isLessThan(NO_HANG);
            if (reply.isPresent()) {
                statuses.computeIfAbsent(reply.get().status(), status -> new AtomicInteger()).incrementAndGet();
                synchronized (verdict) {
                    verdict.on(request, arena.resolved(request.target()), reply.get(), arena.secrets());
                }
            }
        } catch (IOException | RuntimeException | AssertionError e) {
            failures.add(request + "\n  after " + Duration.ofNanos(System.nanoTime() - start).toMillis() + " ms: " + e);
        }
    }

    private Optional<Reply> exchanged(Case request) throws IOException {
        try (RawConnection connection = new RawConnection(arena.endpoint())) {
            send(connection, request);
            if (request.isAbandoned()) {
                connection.reset();
                return Optional.empty();
            }
            return Optional.of(request.method().equals("HEAD") ? connection.headOfReply() : connection.reply());
        }
    }

    /** The gateway may answer and hang up before it has heard everything, but answer it must. */
    private void send(RawConnection connection, Case request) {
        try {
            connection.send(request.bytes(arena::resolved));
            if (request.delivery() == Case.Delivery.TOO_SHORT_AND_FINISHED) {
                connection.finish();
            }
        } catch (IOException e) {
            // whether it has answered will be seen when the answer is read
        }
    }
}
