package dev.retouch.mock.intake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(60)
class TempDirectoryTest {

    private static final int WRITERS = 8;

    @TempDir
    private Path parent;

    @Test
    void deletesItsContentOnCloseAndToleratesASecondClose() throws IOException {
        TempDirectory directory = TempDirectory.under(parent);
        Files.writeString(directory.newSubfolder().newFile(), "content");

        directory.close();
        directory.close();

        assertThat(parent).isEmptyDirectory();
        assertThatThrownBy(directory::newSubfolder).isInstanceOf(NoSuchFileException.class);
    }

    /** Requests go on writing when the server stops. */
    @RepeatedTest(10)
    void leavesNothingBehindWhileRequestsStillWrite() throws Exception {
        TempDirectory directory = TempDirectory.under(parent);
        CountDownLatch started = new CountDownLatch(WRITERS);
        List<Future<?>> writers = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(WRITERS)) {
            for (int i = 0; i < WRITERS; i++) {
                writers.add(threads.submit(() -> writeUntilClosed(directory, started)));
            }
            started.await();

            directory.close();

            for (Future<?> writer : writers) {
                writer.get();
            }
        }
        assertThat(parent).isEmptyDirectory();
    }

    private static void writeUntilClosed(TempDirectory directory, CountDownLatch started) {
        while (true) {
            try (TempDirectory request = directory.newSubfolder()) {
                Files.writeString(request.newFile(), "content");
                started.countDown();
                Files.writeString(request.newFile(), "content");
            } catch (IOException _) {
                return;
            }
        }
    }
}
