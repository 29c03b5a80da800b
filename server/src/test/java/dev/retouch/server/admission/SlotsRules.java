package dev.retouch.server.admission;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What holds for slots wherever they are kept. The two may be the same, or two instances that share a database. */
abstract class SlotsRules {

    static final Duration LONG = Duration.ofMinutes(10);
    static final Duration SHORT = Duration.ofMillis(200);

    final ManualClock clock = ManualClock.atSomeTime();
    final Crowd crowd = new Crowd();

    abstract Slots one();

    abstract Slots other();

    @AfterEach
    void nobodyIsLeft() {
        crowd.close();
        Until.so("nobody waits", () -> one().waiting() == 0 && other().waiting() == 0);
    }

    static SlotScope scope(String name, int most, int queue) {
        return new SlotScope(name, most, queue, LONG);
    }

    int waiting() {
        return Stream.of(one(), other()).distinct().mapToInt(Slots::waiting).sum();
    }

    int held() {
        return Stream.of(one(), other()).distinct().mapToInt(Slots::held).sum();
    }

    Slots either(int number) {
        return number % 2 == 0 ? one() : other();
    }

    /** Asks, and comes back when the edit waits. */
    Future<Slot> queued(Slots slots, SlotScope... scopes) {
        int before = waiting();
        Future<Slot> asked = crowd.ask(slots, scopes);
        Until.so("one more waits", () -> waiting() == before + 1);
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
        SlotScope group = scope("group:g", 3, 100);
        AtomicInteger inGroup = new AtomicInteger();
        List<AtomicInteger> inKey = List.of(new AtomicInteger(), new AtomicInteger());
        List<Future<Integer>> edits = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int number = i;
            edits.add(crowd.run(() -> {
                SlotScope key = scope("key:" + number / 2 % 2, 2, 100);
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
            assertThat(Crowd.of(edit)).isBetween(0, 1);
        }
        assertThat(held()).isZero();
    }

    @Test
    void theQueueIsAsLongAsItIsSaidToBe() throws Throwable {
        SlotScope key = scope("key:k", 4, 8);
        List<Future<Slot>> edits = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            edits.add(crowd.ask(either(i), key));
        }
        Until.so("all but twelve are refused",
                () -> edits.stream().filter(Future::isDone).count() == 92 && waiting() == 8);
        assertThat(held()).isEqualTo(4);

        int ran = 0;
        for (Future<Slot> edit : edits) {
            if (edit.isDone() && edit.state() == Future.State.FAILED) {
                assertThat(Crowd.failureOf(edit)).isEqualTo(QueueFullException.class);
            } else {
                ran++;
            }
        }
        assertThat(ran).isEqualTo(12);
        for (int closed = 0; closed < 12; closed++) {
            Until.so("one runs", () -> edits.stream().anyMatch(edit -> edit.state() == Future.State.SUCCESS));
            int next = IntStream.range(0, edits.size())
                    .filter(i -> edits.get(i).state() == Future.State.SUCCESS).findFirst().orElseThrow();
            edits.remove(next).resultNow().close();
        }
        assertThat(held()).isZero();
    }

    @Test
    void whoCameFirstIsServedFirst() throws Throwable {
        SlotScope key = scope("key:k", 1, 100);
        Slot running = one().acquire(List.of(key), crowd.nextEdit());
        List<Future<Slot>> line = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            line.add(queued(either(i / 2), key));
        }
        for (Future<Slot> next : line) {
            assertThat(line).as("before").noneMatch(Future::isDone);
            running.close();
            running = Crowd.of(next);
            assertThat(held()).isEqualTo(1);
            line = line.subList(1, line.size());
        }
        running.close();
        assertThat(held()).isZero();
    }

    @Test
    void aSlotIsGivenBackOnce() throws Throwable {
        SlotScope key = scope("key:k", 1, 100);
        Slot first = one().acquire(List.of(key), crowd.nextEdit());
        Future<Slot> second = queued(other(), key);
        Future<Slot> third = queued(one(), key);
        first.close();
        first.close();

        Slot slot = Crowd.of(second);
        first.close();
        assertThat(third.isDone()).isFalse();
        assertThat(waiting()).isEqualTo(1);
        slot.close();
        Crowd.of(third).close();
        assertThat(held()).isZero();
    }

    /** The group has room, and the first in its line cannot use it. */
    @Test
    void aBusyKeyDoesNotHoldUpItsGroup() throws Throwable {
        SlotScope group = scope("group:g", 2, 10);
        SlotScope busy = scope("key:busy", 1, 10);
        SlotScope quiet = scope("key:quiet", 1, 10);
        Slot first = one().acquire(List.of(busy, group), crowd.nextEdit());
        Future<Slot> second = queued(other(), busy, group);

        Slot passing = one().acquire(List.of(quiet, group), crowd.nextEdit());
        assertThat(second.isDone()).isFalse();
        first.close();
        Slot last = Crowd.of(second);
        passing.close();
        last.close();
    }

    @Test
    void aFullGroupsSlotGoesToWhoeverWaitedLongest() throws Throwable {
        SlotScope group = scope("group:g", 1, 10);
        SlotScope a = scope("key:a", 5, 10);
        SlotScope b = scope("key:b", 5, 10);
        Slot running = one().acquire(List.of(a, group), crowd.nextEdit());
        Future<Slot> second = queued(other(), b, group);
        Future<Slot> third = queued(one(), a, group);
        running.close();
        Slot slot = Crowd.of(second);
        assertThat(third.isDone()).isFalse();
        slot.close();
        Crowd.of(third).close();
    }

    @Test
    void aWaitEndsInTime() throws InterruptedException {
        SlotScope key = new SlotScope("key:k", 1, 5, SHORT);
        SlotScope group = scope("group:g", 5, 5);
        try (Slot running = one().acquire(List.of(key, group), crowd.nextEdit())) {
            assertThat(running).isNotNull();
            long before = System.nanoTime();
            SlotWaitExceededException refusal = catchThrowableOfType(SlotWaitExceededException.class,
                    () -> other().acquire(List.of(group, key), crowd.nextEdit()));
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isBetween(SHORT, Until.PATIENCE);
            assertThat(refusal.scope()).isEqualTo(key);
            assertThat(refusal.waited()).isEqualTo(SHORT);
            assertThat(refusal.retryAfter()).isEqualTo(Duration.ofSeconds(1));
            assertThat(waiting()).isZero();
        }
        one().acquire(List.of(key, group), crowd.nextEdit()).close();
    }

    @Test
    void withoutAQueueNobodyWaits() throws InterruptedException {
        SlotScope key = scope("key:k", 1, 0);
        try (Slot running = one().acquire(List.of(key), crowd.nextEdit())) {
            assertThat(running).isNotNull();
            assertThatThrownBy(() -> other().acquire(List.of(key), crowd.nextEdit()))
                    .isInstanceOfSatisfying(QueueFullException.class,
                            refusal -> assertThat(refusal.scope()).isEqualTo(key));
        }
        other().acquire(List.of(key), crowd.nextEdit()).close();
    }

    @Test
    void whoIsInterruptedLeavesNothing() throws Throwable {
        SlotScope key = scope("key:k", 1, 1);
        Slot running = one().acquire(List.of(key), crowd.nextEdit());
        Future<Slot> waits = queued(other(), key);
        waits.cancel(true);
        Until.so("its place is free", () -> waiting() == 0);
        Future<Slot> next = placeInQueue(key);
        running.close();
        Crowd.of(next).close();
        assertThat(held()).isZero();
    }

    /** The place of an interrupted edit may come free a moment later than its thread. */
    private Future<Slot> placeInQueue(SlotScope key) {
        List<Future<Slot>> asked = new ArrayList<>(List.of(crowd.ask(one(), key)));
        Until.so("one waits", () -> {
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
        Slot slot = Crowd.of(second);
        Until.so("the third waits", () -> waiting() == 1);
        assertThat(third.isDone()).isFalse();
        first.close();
        Crowd.of(third).close();
        slot.close();
    }

    @Test
    void refusalsTellHowLongEditsTook() throws InterruptedException {
        SlotScope key = new SlotScope("key:k", 2, 0, LONG);
        for (int i = 0; i < 2; i++) {
            Slot slot = one().acquire(List.of(key), crowd.nextEdit());
            clock.advance(Duration.ofSeconds(30));
            slot.close();
        }
        try (Slot a = one().acquire(List.of(key), crowd.nextEdit());
                Slot b = one().acquire(List.of(key), crowd.nextEdit())) {
            assertThat(List.of(a, b)).hasSize(2);
            NoRoomException full = catchThrowableOfType(NoRoomException.class,
                    () -> one().acquire(List.of(key), crowd.nextEdit()));
            assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(15));
            NoRoomException late = catchThrowableOfType(NoRoomException.class,
                    () -> one().acquire(List.of(new SlotScope("key:k", 2, 1, SHORT)), crowd.nextEdit()));
            assertThat(late).isInstanceOf(SlotWaitExceededException.class);
            assertThat(late.retryAfter()).isEqualTo(Duration.ofSeconds(15));
        }
    }
}
