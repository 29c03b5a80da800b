package dev.retouch.server.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.image.ImageBytes;

import static org.assertj.core.api.Assertions.assertThat;

/** Downloads and lookups are divided between API keys. */
@Timeout(60)
@Tag("slow")
final class FetchSharesTest {

    @TempDir
    private Path folder = Path.of(".");
    private final PictureHost host = new PictureHost();
    private final FetchBench bench = new FetchBench();

    FetchSharesTest() {
        bench.host(FetchBench.PUBLIC, host).names.answer("images.test", FetchBench.PUBLIC);
    }

    @AfterEach
    void stop() throws IOException {
        host.close();
    }

    /** One key's slow hosts and silent name servers leave the others their downloads and lookups. */
    @Test
    void aKeyTakesAQuarterOfDownloadsAndLookups() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger slow = new AtomicInteger();
        host.picture("/done", PictureHost.png(1000)).on("/slow", out -> {
            slow.incrementAndGet();
            end.await();
        });
        AtomicInteger silent = new AtomicInteger();
        List<Future<List<ImageBytes>>> pending = new ArrayList<>();
        bench.names.onAsked(name -> {
            if (name.startsWith("silent")) {
                silent.incrementAndGet();
                awaitUninterruptibly(end);
            }
        });
        try (ImageFetcher fetcher = bench.percentPerKey(25).fetcher(folder);
                ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                String silentHost = "http://silent" + i + ".test/x";
                pending.add(requests.submit(() -> fetcher.fetchAll("key_slow",
                        Collections.nCopies(4, FetchBench.wanted("http://images.test/slow")))));
                pending.add(requests.submit(() -> fetcher.fetchAll("key_silent",
                        Collections.nCopies(4, FetchBench.wanted(silentHost)))));
            }
            Eventually.so("both keys have all they get", () -> slow.get() == 16 && silent.get() == 8);
            fetcher.fetchAll("key_other", List.of(FetchBench.wanted("http://images.test/done")))
                    .forEach(ImageBytes::close);
            assertThat(slow).as("of 64 downloads").hasValue(16);
            assertThat(silent).as("of 32 lookups").hasValue(8);
            assertThat(pending).as("those of both keys").noneMatch(Future::isDone);
            requests.shutdownNow();
            end.countDown();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch end) {
        boolean interrupted = false;
        while (end.getCount() > 0) {
            try {
                end.await();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
