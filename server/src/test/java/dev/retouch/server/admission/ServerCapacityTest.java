package dev.retouch.server.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.ConcurrentRequests;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ServerCapacityTest {

    private static final String KEY = "key_a";

    private final ManualClock clock = ManualClock.atSomeTime();

    private ServerCapacity capacity(int requests, long bytes) {
        return new ServerCapacity(new CapacityLimits(requests, bytes, requests, bytes), clock);
    }

    /** A request whose body has arrived. */
    private static ServerCapacity.Reservation enter(ServerCapacity server, long bytes) {
        ServerCapacity.Reservation reservation = server.enter(KEY, bytes);
        try {
            reservation.grow(Math.max(0, bytes));
            return reservation;
        } catch (ServerOverloadedException e) {
            reservation.close();
            throw e;
        }
    }

    @Test
    void bothBoundsAreExact() {
        ServerCapacity server = capacity(2, 100);
        ServerCapacity.Reservation first = enter(server, 60);
        assertThatThrownBy(() -> enter(server, 41)).isInstanceOf(ServerOverloadedException.class);
        ServerCapacity.Reservation second = enter(server, 40);
        assertThatThrownBy(() -> enter(server, 0)).isInstanceOf(ServerOverloadedException.class);
        assertThat(server.requests()).isEqualTo(2);
        assertThat(server.bytes()).isEqualTo(100);

        first.close();
        first.close();
        assertThat(server.requests()).isEqualTo(1);
        assertThat(server.bytes()).isEqualTo(40);
        second.close();
        assertThat(server.requests()).isZero();
        assertThat(server.bytes()).isZero();
    }

    @Test
    void aBodyWithoutALengthGrows() {
        ServerCapacity server = capacity(2, 100);
        try (ServerCapacity.Reservation reservation = enter(server, -1)) {
            try (ServerCapacity.Reservation other = enter(server, 10)) {
                reservation.grow(90);
                assertThatThrownBy(() -> reservation.grow(1)).isInstanceOf(ServerOverloadedException.class);
                assertThatThrownBy(() -> other.grow(Long.MAX_VALUE)).isInstanceOf(ServerOverloadedException.class);
                assertThat(server.bytes()).isEqualTo(100);
            }
            reservation.grow(10);
            assertThat(server.bytes()).isEqualTo(100);
        }
        assertThat(server.bytes()).isZero();
    }

    @Test
    void anAnnouncedBodyKeepsNobodyOutBeforeItComes() {
        ServerCapacity server = capacity(9, 100);
        ServerCapacity.Reservation silent = server.enter(KEY, 100);
        assertThat(server.bytes()).isZero();
        enter(server, 100).close();
        assertThatThrownBy(() -> server.enter(KEY, 101)).as("never fits").isInstanceOf(ServerOverloadedException.class);
        silent.grow(100);
        assertThatThrownBy(() -> server.enter(KEY, 1)).as("does not fit now")
                .isInstanceOf(ServerOverloadedException.class);
    }

    @Test
    void aKeyHasItsPart() {
        ServerCapacity server = new ServerCapacity(new CapacityLimits(8, 800, 2, 200), clock);
        ServerCapacity.Reservation first = enter(server, 150);
        assertThatThrownBy(() -> server.enter(KEY, 51)).isInstanceOf(ServerOverloadedException.class);
        ServerCapacity.Reservation second = server.enter(KEY, 50);
        second.grow(50);
        assertThatThrownBy(() -> second.grow(1)).isInstanceOf(ServerOverloadedException.class);
        assertThatThrownBy(() -> server.enter(KEY, 0)).isInstanceOf(ServerOverloadedException.class);
        ServerCapacity.Reservation other = server.enter("key_b", 200);
        other.grow(200);
        assertThat(server.bytes()).isEqualTo(400);

        first.releaseBytes();
        first.releaseBytes();
        assertThat(server.bytes()).isEqualTo(250);
        assertThat(server.requests()).isEqualTo(3);
        second.grow(150);
        first.close();
        second.close();
        other.close();
        assertThat(server.bytes()).isZero();
        assertThat(server.requests()).isZero();
    }

    @Test
    void thePartOfAKeyHoldsTheLongestBody() {
        assertThat(CapacityLimits.shared(2000, 8000, 25, 1000)).isEqualTo(new CapacityLimits(2000, 8000, 500, 2000));
        assertThat(CapacityLimits.shared(2, 1000, 25, 1000)).isEqualTo(new CapacityLimits(2, 1000, 1, 1000));
    }

    @Test
    void aClosedRoomDoesNotGrow() {
        ServerCapacity server = capacity(1, 100);
        ServerCapacity.Reservation reservation = enter(server, 1);
        reservation.close();
        assertThatThrownBy(() -> reservation.grow(1)).isInstanceOf(IllegalStateException.class);
        assertThat(server.bytes()).isZero();
    }

    @Test
    void refusalNamesExpectedEndOfARequest() {
        ServerCapacity server = capacity(2, 100);
        assertThat(catchThrowableOfType(ServerOverloadedException.class, () -> enter(server, 101)).retryAfter())
                .isEqualTo(Duration.ofSeconds(1));
        ServerCapacity.Reservation before = enter(server, 1);
        clock.advance(Duration.ofSeconds(20));
        before.close();
        try (ServerCapacity.Reservation a = enter(server, 1); ServerCapacity.Reservation b = enter(server, 1)) {
            assertThat(List.of(a, b)).hasSize(2);
            assertThat(catchThrowableOfType(ServerOverloadedException.class, () -> enter(server, 1)).retryAfter())
                    .isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void neverMoreThanThereIsRoomFor() throws Throwable {
        ServerCapacity server = capacity(7, 800);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> requests = new ArrayList<>();
        try (ConcurrentRequests crowd = new ConcurrentRequests()) {
            for (int i = 0; i < 200; i++) {
                requests.add(crowd.run(() -> {
                    start.await();
                    int refused = 0;
                    for (int turn = 0; turn < 50; turn++) {
                        try (ServerCapacity.Reservation reservation = enter(server, 100)) {
                            reservation.grow(20);
                            assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(7);
                            entered.incrementAndGet();
                            assertThat(server.bytes()).isLessThanOrEqualTo(800);
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                        } catch (ServerOverloadedException e) {
                            refused++;
                        }
                    }
                    return refused;
                }));
            }
            start.countDown();
            int refused = 0;
            for (Future<Integer> request : requests) {
                refused += ConcurrentRequests.of(request);
            }
            assertThat(entered.get() + refused).isEqualTo(200 * 50);
            assertThat(entered.get()).isPositive();
        }
        assertThat(server.requests()).isZero();
        assertThat(server.bytes()).isZero();
    }

    /** All requests arrive at once and none ends, so the number of admitted requests is known. */
    @Test
    void asManyGetInAsThereIsRoomFor() throws Throwable {
        ServerCapacity server = capacity(50, 330);
        List<Future<ServerCapacity.Reservation>> requests = new ArrayList<>();
        try (ConcurrentRequests crowd = new ConcurrentRequests()) {
            for (int i = 0; i < 200; i++) {
                requests.add(crowd.run(() -> enter(server, 10)));
            }
            int entered = 0;
            for (Future<ServerCapacity.Reservation> request : requests) {
                entered += ConcurrentRequests.failureOf(request).equals(Void.class) ? 1 : 0;
            }
            assertThat(entered).isEqualTo(33);
            assertThat(server.bytes()).isEqualTo(330);
        }
    }

    @Test
    void roomForNothingIsAMistake() {
        assertThatThrownBy(() -> capacity(0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> capacity(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
