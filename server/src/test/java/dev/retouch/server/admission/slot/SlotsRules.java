package dev.retouch.server.admission.slot;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.server.admission.AdmissionRejectedException;
import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.SlotWaitTimeoutException;
import dev.retouch.server.fixture.ConcurrentRequests;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Rules for every implementation of slots. The two limiters are the same, or two instances that share a database. */
public abstract class SlotsRules {

    static final Duration LONG = Duration.ofMinutes(10);
    static final Duration SHORT = Duration.ofMillis(200);

    public final ManualClock clock = ManualClock.atSomeTime();
    public final ConcurrentRequests crowd = new ConcurrentRequests();

    abstract ConcurrencyLimiter one();

    abstract ConcurrencyLimiter other();

    @AfterEach
    void nobodyIsLeft() {
        crowd.close();
        Eventually.so("nobody waits", () -> one().waiting() == 0 && other().waiting() == 0);
    }

    static ConcurrencyScope scope(String name, int maxRunning, int queue) {
        return new ConcurrencyScope(name, maxRunning, queue, LONG);
    }

    int waiting() {
        return Stream.of(one(), other()).distinct().mapToInt(ConcurrencyLimiter::waiting).sum();
    }

    int held() {
        return Stream.of(one(), other()).distinct().mapToInt(ConcurrencyLimiter::held).sum();
    }

    ConcurrencyLimiter either(int number) {
        return number % 2 == 0 ? one() : other();
    }

    /** Requests a slot and returns when the edit waits. */
    Future<Slot> queued(ConcurrencyLimiter slots, ConcurrencyScope... scopes) {
        int before = waiting();
        Future<Slot> asked = crowd.ask(slots, scopes);
        Eventually.so("one more waits", () -> waiting() == before + 1);
        return asked;
    }

    @Test
    void nothingIsLimitedWithoutAScope() throws InterruptedException {
        for (int i = 0; i < 100; i++) {
            assertThat(one().acquire(List.of(), crowd.nextEdit())).isNotNull();
        }
        assertThat(held()).isZero();
    }

    @Test
    void neverMoreThanTheMostRun() throws Throwable {
        ConcurrencyScope group = scope("group:g", 3, 100);
        AtomicInteger inGroup = new AtomicInteger();
        List<AtomicInteger> inKey = List.of(new AtomicInteger(), new AtomicInteger());
        List<Future<Integer>> edits = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int number = i;
            edits.add(crowd.run(() -> {
                ConcurrencyScope key = scope("key:" + number / 2 % 2, 2, 100);
                try (Slot slot = either(number).acquire(List.of(key, group), crowd.nextEdit())) {
                    assertThat(slot).isNotNull();
                    int keys = inKey.get(number / 2 % 2).incrementAndGet();
                    int groups = inGroup.incrementAndGet();
                    Thread.onSpinWait();
                    assertThat(keys).isLessThanOrEqualTo(2);
                    assertThat(groups).isLessThanOrEqualTo(3);
                    inGroup.decrementAndGet();
                    return inKey.get(number / 2 % 2).decrementAndGet();
                }
            }));
        }
        for (Future<Integer> edit : edits) {
            assertThat(ConcurrentRequests.of(edit)).isBetween(0, 1);
        }
        assertThat(held()).isZero();
    }

    @Test
    void queueHasTheConfiguredLength() throws Throwable {
        ConcurrencyScope key = scope("key:k", 4, 8);
        List<Future<Slot>> edits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            edits.add(crowd.ask(either(i), key));
        }
        Eventually.so("all but twelve are refused",
                () -> edits.stream().filter(Future::isDone).count() == 92 && waiting() == 8);
        assertThat(held()).isEqualTo(4);

        int ran = 0;
        for (Future<Slot> edit : edits) {
            if (edit.isDone() && edit.state() == Future.State.FAILED) {
                assertThat(ConcurrentRequests.failureOf(edit)).isEqualTo(QueueFullException.class);
            } else {
                ran++;
            }
        }
        assertThat(ran).isEqualTo(12);
        for (int closed = 0; closed < 12; closed++) {
            Eventually.so("one runs", () -> edits.stream().anyMatch(edit -> edit.state() == Future.State.SUCCESS));
            int next = IntStream.range(0, edits.size())
                    .filter(i -> edits.get(i).state() == Future.State.SUCCESS).findFirst().orElseThrow();
            edits.remove(next).resultNow().close();
        }
        assertThat(held()).isZero();
    }

    @Test
    void grantsSlotsInOrderOfArrival() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 100);
        Slot running = one().acquire(List.of(key), crowd.nextEdit());
        List<Future<Slot>> line = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            line.add(queued(either(i / 2), key));
        }
        for (Future<Slot> next : line) {
            assertThat(line).as("before").noneMatch(Future::isDone);
            running.close();
            running = ConcurrentRequests.of(next);
            assertThat(held()).isEqualTo(1);
            line = line.subList(1, line.size());
        }
        running.close();
        assertThat(held()).isZero();
    }

    @Test
    void aSlotIsGivenBackOnce() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 100);
        Slot first = one().acquire(List.of(key), crowd.nextEdit());
        Future<Slot> second = queued(other(), key);
        Future<Slot> third = queued(one(), key);
        first.close();
        first.close();

        Slot slot = ConcurrentRequests.of(second);
        first.close();
        assertThat(third.isDone()).isFalse();
        assertThat(waiting()).isEqualTo(1);
        slot.close();
        ConcurrentRequests.of(third).close();
        assertThat(held()).isZero();
    }

    /** The group has a free slot, and the first edit in its queue cannot use it. */
    @Test
    void aBusyKeyDoesNotHoldUpItsGroup() throws Throwable {
        ConcurrencyScope group = scope("group:g", 2, 10);
        ConcurrencyScope busy = scope("key:busy", 1, 10);
        ConcurrencyScope quiet = scope("key:quiet", 1, 10);
        Slot first = one().acquire(List.of(busy, group), crowd.nextEdit());
        Future<Slot> second = queued(other(), busy, group);

        Slot passing = one().acquire(List.of(quiet, group), crowd.nextEdit());
        assertThat(second.isDone()).isFalse();
        first.close();
        Slot last = ConcurrentRequests.of(second);
        passing.close();
        last.close();
    }

    @Test
    void slotOfFullGroupGoesToLongestWaiting() throws Throwable {
        ConcurrencyScope group = scope("group:g", 1, 10);
        ConcurrencyScope a = scope("key:a", 5, 10);
        ConcurrencyScope b = scope("key:b", 5, 10);
        Slot running = one().acquire(List.of(a, group), crowd.nextEdit());
        Future<Slot> second = queued(other(), b, group);
        Future<Slot> third = queued(one(), a, group);
        running.close();
        Slot slot = ConcurrentRequests.of(second);
        assertThat(third.isDone()).isFalse();
        slot.close();
        ConcurrentRequests.of(third).close();
    }

    @Test
    void aWaitEndsInTime() throws InterruptedException {
        ConcurrencyScope key = new ConcurrencyScope("key:k", 1, 5, SHORT);
        ConcurrencyScope group = scope("group:g", 5, 5);
        try (Slot running = one().acquire(List.of(key, group), crowd.nextEdit())) {
            assertThat(running).isNotNull();
            long before = System.nanoTime();
            SlotWaitTimeoutException refusal = catchThrowableOfType(SlotWaitTimeoutException.class,
                    () -> other().acquire(List.of(group, key), crowd.nextEdit()));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, Eventually.TIMEOUT);
            assertThat(refusal.scope()).isEqualTo(key);
            assertThat(refusal.waited()).isEqualTo(SHORT);
            assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1));
            assertThat(waiting()).isZero();
        }
        one().acquire(List.of(key, group), crowd.nextEdit()).close();
    }

    @Test
    void refusesAtOnceWithoutAQueue() throws InterruptedException {
        ConcurrencyScope key = scope("key:k", 1, 0);
        try (Slot running = one().acquire(List.of(key), crowd.nextEdit())) {
            assertThat(running).isNotNull();
            assertThatThrownBy(() -> other().acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOfSatisfying(QueueFullException.class,
                            refusal -> assertThat(refusal.scope()).isEqualTo(key));
        }
        other().acquire(List.of(key), crowd.nextEdit()).close();
    }

    @Test
    void interruptedWaitLeavesNoTicket() throws Throwable {
        ConcurrencyScope key = scope("key:k", 1, 1);
        Slot running = one().acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = queued(other(), key);
        waits.cancel(true);
        Eventually.so("its place is free", () -> waiting() == 0);
        Future<Slot> next = placeInQueue(key);
        running.close();
        ConcurrentRequests.of(next).close();
        assertThat(held()).isZero();
    }

    /** The slot of an interrupted edit may be released shortly after its thread ends. */
    private Future<Slot> placeInQueue(ConcurrencyScope key) {
        List<Future<Slot>> asked = new ArrayList<>(List.of(crowd.ask(one(), key)));
        Eventually.so("one waits", () -> {
            if (asked.getLast().state() == Future.State.FAILED) {
                asked.add(crowd.ask(one(), key));
            }
            return waiting() == 1;
        });
        return asked.getLast();
    }

    @Test
    void aRaisedLimitLetsThoseInWhoWait() throws Throwable {
        Slot first = one().acquire(List.of(scope("key:k", 1, 10)), crowd.nextEdit());
        Future<Slot> second = queued(other(), scope("key:k", 1, 10));
        Future<Slot> third = crowd.ask(one(), scope("key:k", 2, 10));
        Slot slot = ConcurrentRequests.of(second);
        Eventually.so("the third waits", () -> waiting() == 1);
        assertThat(third.isDone()).isFalse();
        first.close();
        ConcurrentRequests.of(third).close();
        slot.close();
    }

    @Test
    void refusalsTellHowLongEditsTook() throws InterruptedException {
        ConcurrencyScope key = new ConcurrencyScope("key:k", 2, 0, LONG);
        for (int i = 0; i < 2; i++) {
            Slot slot = one().acquire(List.of(key), crowd.nextEdit());
            clock.advance(Duration.ofSeconds(30));
            slot.close();
        }
        try (Slot a = one().acquire(List.of(key), crowd.nextEdit());
                Slot b = one().acquire(List.of(key), crowd.nextEdit())) {
            assertThat(List.of(a, b)).hasSize(2);
            AdmissionRejectedException full = catchThrowableOfType(AdmissionRejectedException.class,
                    () -> one().acquire(List.of(key), crowd.nextEdit()));
            assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(15));
            AdmissionRejectedException late = catchThrowableOfType(AdmissionRejectedException.class,
                    () -> one().acquire(List.of(new ConcurrencyScope("key:k", 2, 1, SHORT)), crowd.nextEdit()));
            assertThat(late).isInstanceOf(SlotWaitTimeoutException.class);
            assertThat(late.retryAfter()).isEqualTo(Duration.ofSeconds(15));
        }
    }
}
