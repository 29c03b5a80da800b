package dev.retouch.server.bytes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class GatheringSourceTest {

    private static final int LARGE = 100_000;

    private final List<byte[]> parts = new ArrayList<>();

    private void part(int length) {
        byte[] bytes = new byte[length];
        new Random(parts.size()).nextBytes(bytes);
        parts.add(bytes);
    }

    private byte[] whole() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        parts.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** Reads everything; returns the sizes of the buffers. */
    private List<Integer> read(boolean closeAtOnce) throws IOException {
        byte[] expected = whole();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Integer> sizes = new ArrayList<>();
        List<PooledBuffer> open = new ArrayList<>();
        try (GatheringSource source = new GatheringSource(parts.stream().map(ByteArraySource::new).toList(),
                expected.length)) {
            for (PooledBuffer next = source.next(); next != null; next = source.next()) {
                sizes.add(next.bytes().remaining());
                open.add(next);
                if (closeAtOnce) {
                    drain(open, all);
                }
            }
        }
        drain(open, all);
        assertThat(all.toByteArray()).isEqualTo(expected);
        return sizes;
    }

    private static void drain(List<PooledBuffer> open, ByteArrayOutputStream all) {
        for (PooledBuffer buffer : open) {
            byte[] bytes = new byte[buffer.bytes().remaining()];
            buffer.bytes().get(bytes);
            all.writeBytes(bytes);
            buffer.close();
        }
        open.clear();
    }

    @Test
    void sendsSmallBodyInOneBuffer() throws IOException {
        part(500);
        part(10_000);
        part(50);
        assertThat(read(true)).containsExactly(10_550);
    }

    @Test
    void passesLargePieceOnAndFillsTheTextBeforeItUp() throws IOException {
        part(500);
        part(LARGE);
        part(50);
        assertThat(read(true)).containsExactly(32 * 1024, LARGE - 32 * 1024 + 500, 50);
    }

    @Test
    void passesFirstLargePieceOnAsItIs() throws IOException {
        part(LARGE);
        part(LARGE);
        assertThat(read(true)).containsExactly(LARGE, LARGE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesNothingSmallExceptTheEnd(boolean closeAtOnce) throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < 200; i++) {
            part(random.nextInt(4) == 0 ? random.nextInt(200_000) : random.nextInt(2_000));
        }
        List<Integer> sizes = read(closeAtOnce);
        assertThat(sizes.subList(0, sizes.size() - 1)).allMatch(size -> size >= GatheringSource.MIN_WRITE);
    }

    @Test
    void givesTheBufferForCopiesBackWhenItsReaderAndTheSourceAreDone() throws IOException {
        part(500);
        part(LARGE);
        part(50);
        long before = GatheringSource.copiesInUse();
        PooledBuffer sending;
        try (GatheringSource source = new GatheringSource(parts.stream().map(ByteArraySource::new).toList(),
                whole().length)) {
            sending = Objects.requireNonNull(source.next());
        }
        assertThat(GatheringSource.copiesInUse()).as("still being sent").isEqualTo(before + BufferBudget.SMALL_PIECE);
        sending.close();
        assertThat(GatheringSource.copiesInUse()).isEqualTo(before);
    }

    @Test
    void closesTheSourcesThatWereNotRead() throws IOException {
        boolean[] closed = {false};
        ByteArrayInputStream in = new ByteArrayInputStream(new byte[10]) {
            @Override
            public void close() {
                closed[0] = true;
            }
        };
        new GatheringSource(List.of(new ByteArraySource(new byte[LARGE]), new StreamSource(in)), LARGE + 10).close();
        assertThat(closed[0]).isTrue();
    }
}
