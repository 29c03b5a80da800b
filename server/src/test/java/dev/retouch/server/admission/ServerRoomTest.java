package dev.retouch.server.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ServerRoomTest {

    private final ManualClock clock = ManualClock.atSomeTime();

    @Test
    void bothBoundsAreExact() {
        ServerRoom server = new ServerRoom(2, 100, clock);
        ServerRoom.Room first = server.enter(60);
        assertThatThrownBy(() -> server.enter(41)).isInstanceOf(ServerFullException.class);
        ServerRoom.Room second = server.enter(40);
        assertThatThrownBy(() -> server.enter(0)).isInstanceOf(ServerFullException.class);
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
        ServerRoom server = new ServerRoom(2, 100, clock);
        try (ServerRoom.Room room = server.enter(-1)) {
            try (ServerRoom.Room other = server.enter(10)) {
                room.grow(90);
                assertThatThrownBy(() -> room.grow(1)).isInstanceOf(ServerFullException.class);
                assertThatThrownBy(() -> other.grow(Long.MAX_VALUE)).isInstanceOf(ServerFullException.class);
                assertThat(server.bytes()).isEqualTo(100);
            }
            room.grow(10);
            assertThat(server.bytes()).isEqualTo(100);
        }
        assertThat(server.bytes()).isZero();
    }

    @Test
    void aClosedRoomDoesNotGrow() {
        ServerRoom server = new ServerRoom(1, 100, clock);
        ServerRoom.Room room = server.enter(1);
        room.close();
        assertThatThrownBy(() -> room.grow(1)).isInstanceOf(IllegalStateException.class);
        assertThat(server.bytes()).isZero();
    }

    @Test
    void aRefusalTellsWhenARequestIsLikelyToEnd() {
        ServerRoom server = new ServerRoom(2, 100, clock);
        assertThat(catchThrowableOfType(ServerFullException.class, () -> server.enter(101)).retryAfter())
                .isEqualTo(Duration.ofSeconds(1));
        ServerRoom.Room before = server.enter(1);
        clock.advance(Duration.ofSeconds(20));
        before.close();
        try (ServerRoom.Room a = server.enter(1); ServerRoom.Room b = server.enter(1)) {
            assertThat(List.of(a, b)).hasSize(2);
            assertThat(catchThrowableOfType(ServerFullException.class, () -> server.enter(1)).retryAfter())
                    .isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    void neverMoreThanThereIsRoomFor() throws Throwable {
        ServerRoom server = new ServerRoom(7, 800, clock);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger entered = new AtomicInteger();
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> requests = new ArrayList<>();
        try (Crowd crowd = new Crowd()) {
            for (int i = 0; i < 200; i++) {
                requests.add(crowd.run(() -> {
                    start.await();
                    int refused = 0;
                    for (int turn = 0; turn < 50; turn++) {
                        try (ServerRoom.Room room = server.enter(100)) {
                            room.grow(20);
                            assertThat(inside.incrementAndGet()).isLessThanOrEqualTo(7);
                            entered.incrementAndGet();
                            assertThat(server.bytes()).isLessThanOrEqualTo(800);
                            Thread.onSpinWait();
                            inside.decrementAndGet();
                        } catch (ServerFullException e) {
                            refused++;
                        }
                    }
                    return refused;
                }));
            }
            start.countDown();
            int refused = 0;
            for (Future<Integer> request : requests) {
                refused += Crowd.of(request);
            }
            assertThat(entered.get() + refused).isEqualTo(200 * 50);
            assertThat(entered.get()).isPositive();
        }
        assertThat(server.requests()).isZero();
        assertThat(server.bytes()).isZero();
    }

    /** All come at once and nobody leaves, so it is known how many get in. */
    @Test
    void asManyGetInAsThereIsRoomFor() throws Throwable {
        ServerRoom server = new ServerRoom(50, 330, clock);
        List<Future<ServerRoom.Room>> requests = new ArrayList<>();
        try (Crowd crowd = new Crowd()) {
            for (int i = 0; i < 200; i++) {
                requests.add(crowd.run(() -> server.enter(10)));
            }
            int entered = 0;
            for (Future<ServerRoom.Room> request : requests) {
                entered += Crowd.failureOf(request).equals(Void.class) ? 1 : 0;
            }
            assertThat(entered).isEqualTo(33);
            assertThat(server.bytes()).isEqualTo(330);
        }
    }

    @Test
    void roomForNothingIsAMistake() {
        assertThatThrownBy(() -> new ServerRoom(0, 1, clock)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ServerRoom(1, 0, clock)).isInstanceOf(IllegalArgumentException.class);
    }
}
