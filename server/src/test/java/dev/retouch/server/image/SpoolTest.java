package dev.retouch.server.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.PooledBuffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SpoolTest {

    private static final int LIMIT = 20_000;

    private final Path folder;

    SpoolTest(@TempDir Path folder) {
        this.folder = folder.resolve("made").resolve("here");
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private static ImageBytes written(Spool spool, byte[] bytes, int step) throws IOException {
        Spool.Writer writer = spool.newWriter();
        for (int at = 0; at < bytes.length; at += step) {
            writer.write(bytes, at, Math.min(step, bytes.length - at));
        }
        assertThat(writer.size()).isEqualTo(bytes.length);
        return writer.finish();
    }

    private long filesLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.count();
        }
    }

    private static byte[] ofSource(ImageBytes image) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (BufferSource source = image.source()) {
            for (PooledBuffer piece = source.next(); piece != null; piece = source.next()) {
                byte[] bytes = new byte[piece.bytes().remaining()];
                piece.bytes().get(bytes);
                all.writeBytes(bytes);
                piece.close();
            }
        }
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, LIMIT - 1, LIMIT, LIMIT + 1, 100_000})
    void returnsBytesAsWritten(int length) throws IOException {
        byte[] bytes = bytes(length);
        BufferBudget budget = new BufferBudget(1 << 20);
        Spool spool = new Spool(folder, LIMIT, budget);
        for (int step : new int[]{7, 4096, 1_000_000}) {
            ImageBytes image = written(spool, bytes, step);
            assertThat(image.size()).isEqualTo(length);
            try (InputStream in = image.open()) {
                assertThat(Arrays.equals(in.readAllBytes(), bytes)).isTrue();
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThat(ofSource(image)).isEqualTo(bytes);
            assertThat(image.isInMemory()).as("%d bytes are in memory", length).isEqualTo(length <= LIMIT);
            image.close();
            assertThat(budget.inUse()).isZero();
        }
        assertThat(filesLeft()).isZero();
    }

    @Test
    void nothingMayStayInMemory() throws IOException {
        Spool spool = new Spool(folder, 0);
        try (ImageBytes image = written(spool, bytes(1), 1)) {
            assertThat(image.isInMemory()).isFalse();
        }
    }

    @Test
    void usesFileWhenBudgetIsUsedUp() throws IOException {
        BufferBudget budget = new BufferBudget(BufferBudget.PIECE);
        Spool spool = new Spool(folder, 1 << 20, budget);
        try (ImageBytes first = written(spool, bytes(100_000), 10_000);
                ImageBytes second = written(spool, bytes(90_000), 10_000)) {
            assertThat(first.isInMemory()).isTrue();
            assertThat(second.isInMemory()).isFalse();
            assertThat(ofSource(first)).isEqualTo(bytes(100_000));
            assertThat(ofSource(second)).isEqualTo(bytes(90_000));
        }
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void movesImageToFileIfItOutgrowsMemory() throws IOException {
        BufferBudget budget = new BufferBudget(BufferBudget.PIECE);
        Spool spool = new Spool(folder, 1 << 20, budget);
        try (ImageBytes image = written(spool, bytes(500_000), 10_000)) {
            assertThat(image.isInMemory()).isFalse();
            assertThat(ofSource(image)).isEqualTo(bytes(500_000));
            assertThat(budget.inUse()).isZero();
        }
    }

    @Test
    void worksWithoutAnyMemory() throws IOException {
        Spool spool = new Spool(folder, 1 << 20, new BufferBudget(0));
        try (ImageBytes image = written(spool, bytes(200_000), 30_000)) {
            assertThat(image.isInMemory()).isFalse();
            assertThat(ofSource(image)).isEqualTo(bytes(200_000));
        }
    }

    /** The memory may belong to the image of another request by then. */
    @ParameterizedTest
    @ValueSource(ints = {10, LIMIT + 1})
    void failsToReadImageThatWasClosed(int length) throws IOException {
        ImageBytes image = written(new Spool(folder, LIMIT), bytes(length), length);
        InputStream in = image.open();
        image.close();
        assertThatThrownBy(in::read).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> image.source().next()).isInstanceOf(ClosedChannelException.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 100_000})
    void buffersThatAreBeingSentOutliveTheirImage(int length) throws IOException {
        BufferBudget budget = new BufferBudget(1 << 20);
        ImageBytes image = written(new Spool(folder, LIMIT, budget), bytes(length), length);
        BufferSource source = image.source();
        PooledBuffer first = Objects.requireNonNull(source.next());
        source.close();
        image.close();
        assertThat(budget.inUse()).isPositive();
        byte[] read = new byte[first.bytes().remaining()];
        first.bytes().get(read);
        assertThat(read).isEqualTo(Arrays.copyOf(bytes(length), read.length));
        first.close();
        assertThat(budget.inUse()).isZero();
    }

    /** The name is gone as soon as the file is open, so not even a killed process leaves one behind. */
    @Test
    void aFileHasNoName() throws IOException {
        Spool.Writer writer = new Spool(folder, 10).newWriter();
        writer.write(bytes(1000));

        assertThat(filesLeft()).isZero();
        try (ImageBytes image = writer.finish(); InputStream in = image.open()) {
            assertThat(in.readAllBytes()).isEqualTo(bytes(1000));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 100_000})
    void severalReadersDoNotDisturbEachOther(int length) throws IOException {
        byte[] bytes = bytes(length);
        ImageBytes image = written(new Spool(folder, LIMIT), bytes, 500);
        try (image; InputStream first = image.open(); InputStream second = image.open()) {
            byte[] one = first.readNBytes(50);
            byte[] two = second.readNBytes(70);
            second.skipNBytes(10);
            assertThat(one).isEqualTo(Arrays.copyOf(bytes, 50));
            assertThat(two).isEqualTo(Arrays.copyOf(bytes, 70));
            assertThat(second.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 80, length));
            assertThat(first.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 50, length));
            assertThat(image.open().skip(Long.MAX_VALUE)).isEqualTo(length);
        }
    }

    @Test
    void closingUnfinishedWriterReleasesItsFile() throws IOException {
        Spool.Writer writer = new Spool(folder, 10).newWriter();
        writer.write(bytes(1000));
        writer.close();
        assertThatThrownBy(() -> writer.write(1)).isInstanceOf(IOException.class);
    }

    @Test
    void aWriterThatIsClosedAfterwardsTakesNothingAway() throws IOException {
        Spool.Writer writer = new Spool(folder, 10).newWriter();
        writer.write(bytes(1000));
        try (ImageBytes image = writer.finish()) {
            writer.close();
            assertThat(image.open()).hasBinaryContent(bytes(1000));
        }
    }

    /** A further holder keeps the bytes, whether they are in memory or in a file; the last one releases them. */
    @ParameterizedTest
    @ValueSource(ints = {100, LIMIT + 100})
    void sharedBytesStayUntilTheLastHolderCloses(int size) throws IOException {
        BufferBudget budget = new BufferBudget(1 << 20);
        ImageBytes image = written(new Spool(folder, LIMIT, budget), bytes(size), 1000);
        ImageBytes shared = image.share();
        image.close();
        image.close();
        assertThat(ofSource(shared)).isEqualTo(bytes(size));
        shared.close();
        assertThat(budget.inUse()).isZero();
        assertThatThrownBy(() -> ofSource(shared)).isInstanceOf(IOException.class);
        assertThatThrownBy(image::share).isInstanceOf(ClosedChannelException.class);
    }
}
