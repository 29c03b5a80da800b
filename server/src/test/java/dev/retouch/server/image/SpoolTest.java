package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A file shows that it is one by failing when it is closed; memory just stays. */
    private static boolean isFile(ImageBytes bytes) {
        bytes.close();
        try (InputStream in = bytes.open()) {
            in.read();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, LIMIT - 1, LIMIT, LIMIT + 1, 100_000})
    void bytesComeOutAsTheyWentIn(int length) throws IOException {
        byte[] bytes = bytes(length);
        Spool spool = new Spool(folder, LIMIT);
        for (int step : new int[]{7, 4096, 1_000_000}) {
            ImageBytes image = written(spool, bytes, step);
            assertThat(image.size()).isEqualTo(length);
            try (InputStream in = image.open()) {
                assertThat(Arrays.equals(in.readAllBytes(), bytes)).isTrue();
                assertThat(in.read()).isEqualTo(-1);
            }
            assertThat(isFile(image)).as("%d bytes lie in a file", length).isEqualTo(length > LIMIT);
        }
        assertThat(filesLeft()).isZero();
    }

    @Test
    void nothingMayStayInMemory() throws IOException {
        Spool spool = new Spool(folder, 0);
        assertThat(isFile(written(spool, bytes(1), 1))).isTrue();
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
    void aWriterThatIsClosedUnfinishedGivesItsFileBack() throws IOException {
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
}
