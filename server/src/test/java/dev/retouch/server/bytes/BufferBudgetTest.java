package dev.retouch.server.bytes;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class BufferBudgetTest {

    private static final long MUCH = 1 << 20;
    private static final int SLABS = 4;

    private final BufferBudget budget = new BufferBudget((long) SLABS * BufferBudget.PIECE);

    private List<PooledBuffer> takeAll(long expected) {
        List<PooledBuffer> taken = new ArrayList<>();
        for (Optional<PooledBuffer> next = budget.tryTake(expected); next.isPresent(); next = budget
                .tryTake(expected)) {
            taken.add(next.get());
        }
        return taken;
    }

    @Test
    void givesLargePiecesWhileHalfIsFreeAndSmallPiecesBeyond() {
        List<PooledBuffer> taken = takeAll(MUCH);
        assertThat(taken).extracting(piece -> piece.bytes().capacity()).containsExactly(BufferBudget.PIECE,
                BufferBudget.PIECE, BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE,
                BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE,
                BufferBudget.SMALL_PIECE);
        assertThat(taken).allMatch(piece -> piece.bytes().isDirect());
        assertThat(budget.inUse()).isEqualTo((long) SLABS * BufferBudget.PIECE);
    }

    @Test
    void givesSmallPieceForFewBytes() {
        assertThat(budget.tryTake(100).orElseThrow().bytes().capacity()).isEqualTo(BufferBudget.SMALL_PIECE);
        assertThat(budget.inUse()).isEqualTo(BufferBudget.SMALL_PIECE);
    }

    @Test
    void refusesAtOnceWhenUsedUp() {
        assertThat(takeAll(1)).hasSize(SLABS * 4);
        assertThat(budget.tryTake(1)).isEmpty();
        assertThat(new BufferBudget(0).tryTake(1)).isEmpty();
    }

    @Test
    void usesMemoryAgain() {
        for (int round = 0; round < 50; round++) {
            takeAll(round % 2 == 0 ? 1 : MUCH).forEach(PooledBuffer::close);
            assertThat(budget.inUse()).isZero();
        }
        assertThat(budget.allocated()).isEqualTo((long) SLABS * BufferBudget.PIECE);
    }

    @Test
    void allocatesOnlyWhatIsNeeded() {
        for (int i = 0; i < 100; i++) {
            budget.tryTake(MUCH).orElseThrow().close();
        }
        assertThat(budget.allocated()).isEqualTo(BufferBudget.PIECE);
    }

    @Test
    void pieceReturnsWithItsLastView() throws Exception {
        PooledBuffer first = budget.tryTake(10).orElseThrow();
        first.bytes().put(new byte[]{1, 2, 3}).flip();
        PooledBuffer second = first.share();
        assertThat(first.isUnshared()).isFalse();
        first.close();
        first.close();
        assertThat(budget.inUse()).isEqualTo(BufferBudget.SMALL_PIECE);
        assertThat(second.bytes().remaining()).isEqualTo(3);
        assertThatThrownBy(first::share).isInstanceOf(java.nio.channels.ClosedChannelException.class);
        assertThatThrownBy(() -> first.copy(0, new byte[1], 0, 1))
                .isInstanceOf(java.nio.channels.ClosedChannelException.class);
        second.close();
        assertThat(budget.inUse()).isZero();
    }

    /** Each piece is filled with a number of its owner, who finds it unchanged however often others take and close theirs. */
    @Test
    void noTwoOwnersShareMemory() throws Exception {
        int owners = 8;
        CountDownLatch begin = new CountDownLatch(owners);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int owner = 0; owner < owners; owner++) {
                long seed = owner;
                all.add(threads.submit(() -> {
                    begin.countDown();
                    begin.await();
                    takeAndCheck(new Random(seed), seed);
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        assertThat(budget.inUse()).isZero();
    }

    private void takeAndCheck(Random random, long mark) {
        for (int round = 0; round < 2_000; round++) {
            Optional<PooledBuffer> taken = budget.tryTake(random.nextBoolean() ? 1 : MUCH);
            if (taken.isPresent()) {
                PooledBuffer piece = taken.get();
                int last = piece.bytes().capacity() - Long.BYTES;
                piece.bytes().putLong(0, mark).putLong(last, mark);
                Thread.onSpinWait();
                assertThat(piece.bytes().getLong(0)).isEqualTo(mark);
                assertThat(piece.bytes().getLong(last)).isEqualTo(mark);
                piece.close();
            }
        }
    }
}
