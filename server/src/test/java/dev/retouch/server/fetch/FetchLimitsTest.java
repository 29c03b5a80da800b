package dev.retouch.server.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fetch.ImageFetcher.Wanted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Where a transfer ends that must not go on, and that nothing of it stays. */
@Timeout(30)
@Tag("slow")
final class FetchLimitsTest {

    private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

    @TempDir
    private Path folder;
    @TempDir
    private Path dumps;
    private final PictureHost host = new PictureHost();
    private final FetchBench bench = new FetchBench();

    @BeforeEach
    void scriptNames() {
        bench.host(FetchBench.PUBLIC, host).names.answer("images.test", FetchBench.PUBLIC);
    }

    @AfterEach
    void stop() throws IOException {
        host.close();
    }

    @Test
    void refusesTooLargeContentLengthBeforeTheBody() throws Exception {
        host.on("/x", out -> out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n")));

        assertFailure("it is larger than 1048576 bytes");
    }

    @Test
    void chunksAreCountedAsTheyCome() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost.ascii(CHUNKED));
            chunk(out, PictureHost.png(1024));
            endlessly(out, new byte[64 * 1024]);
        });

        assertFailure("it is larger than 1048576 bytes");
    }

    @Test
    void theLargestImageStillComes() throws Exception {
        host.picture("/x", PictureHost.png(1 << 20));

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            assertThat(FetchBench.bytes(fetcher, "http://images.test/x")).hasSize(1 << 20);
        }
        new Leftovers(folder, dumps, host).assertNone();
    }

    @Test
    void aBodyThatTricklesEndsWithTheTotalTime() throws Exception {
        bench.timeout(Duration.ofMillis(400));
        host.on("/x", out -> {
            out.write(PictureHost.ascii(CHUNKED));
            chunk(out, PictureHost.png(1024));
            endlessly(out, new byte[1]);
        });

        assertFailure("it took longer than 400 milliseconds", Long.MAX_VALUE);
    }

    @Test
    void silenceEndsWithTheTotalTime() throws Exception {
        bench.timeout(Duration.ofMillis(400));
        host.on("/x", out -> out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Le")));

        assertFailure("it took longer than 400 milliseconds");
    }

    @Test
    void redirectsShareOneTime() throws Exception {
        bench.timeout(Duration.ofMillis(400));
        host.redirect("/x", 302, "/y").on("/y", OutputStream::flush);

        assertFailure("it took longer than 400 milliseconds");
    }

    @Test
    void silentNameServerEndsWithTheTimeout() throws Exception {
        bench.timeout(Duration.ofMillis(400));
        CountDownLatch never = new CountDownLatch(1);
        bench.names.onAsked(host -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        assertFailure("it took longer than 400 milliseconds");
    }

    @Test
    void stopsNonImageAtItsFirstBytes() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost
                    .ascii("HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n\r\n"));
            chunk(out, PictureHost.ascii("<html><title>secret</title>"));
        });

        assertFailure("it is not a png, jpeg or webp image");
    }

    @Test
    void refusesEmptyBody() throws Exception {
        host.picture("/x", new byte[0]);

        assertFailure("it is not a png, jpeg or webp image");
    }

    @Test
    void refusesCompressedBody() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
            zip.write(PictureHost.png(100_000));
        }
        host.on("/x", out -> {
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: " + packed.size()
                    + "\r\n\r\n"));
            packed.writeTo(out);
        });

        assertFailure("its host sent it compressed without being asked to");
    }

    @Test
    void anotherStatusIsAFailure() throws Exception {
        assertFailure("its host answered with status 404");
        for (int status : List.of(201, 204, 206, 304, 401, 407, 500)) {
            host.on("/x", out -> out.write(PictureHost.ascii("HTTP/1.1 " + status
                    + " So\r\nWWW-Authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: Basic realm=\"x\"\r\n"
                    + (status == 204 || status == 304 ? "" : "Content-Length: 0\r\n") + "\r\n")));
            assertFailure("its host answered with status " + status);
        }
    }

    @Test
    void aBodyThatBreaksOffIsAFailure() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
            out.write(PictureHost.png(500));
            out.close();
        });

        assertFailure("its host's answer broke off");
    }

    @Test
    void failsIfResponseIsNotHttp() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost.ascii("SSH-2.0-OpenSSH_9.9\r\n"));
            out.close();
        });

        assertFailure("its host's answer broke off");
    }

    @Test
    void endlessHeadersAreAFailure() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\n"));
            while (true) {
                out.write(PictureHost.ascii("X-More: " + "x".repeat(1000) + "\r\n"));
            }
        });

        assertFailure("its host's answer broke off");
    }

    @Test
    void closedPortIsANeutralFailure() throws Exception {
        host.close();

        assertFailure("its host could not be reached");
    }

    // repeated, because where the others are when they are stopped differs each time
    @RepeatedTest(20)
    void theFirstFailureStopsTheOthers() throws Exception {
        CountDownLatch othersRun = new CountDownLatch(3);
        host.picture("/done", PictureHost.png(100_000)).on("/slow", out -> {
            out.write(PictureHost.ascii(CHUNKED));
            chunk(out, PictureHost.png(100_000));
            out.flush();
            othersRun.countDown();
        }).on("/bad", out -> {
            othersRun.await();
            out.write(PictureHost.ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"));
        });
        List<Wanted> wanted = new ArrayList<>();
        for (String path : List.of("/done", "/slow", "/slow", "/slow", "/bad")) {
            wanted.add(new Wanted("images[" + wanted.size() + "]", "http://images.test" + path, 1 << 20));
        }

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            ApiException failure = catchThrowableOfType(ApiException.class, () -> fetcher.fetchAll(wanted));
            assertThat(failure.param()).contains("images[4]");
            assertThat(failure.arguments()).containsEntry("reason", "its host answered with status 404");
            new Leftovers(folder, dumps, host).assertNone();
        }
    }

    @RepeatedTest(20)
    void anInterruptedCallerStopsThemAll() throws Exception {
        CountDownLatch coming = new CountDownLatch(2);
        host.on("/slow", out -> {
            out.write(PictureHost.ascii(CHUNKED));
            chunk(out, PictureHost.png(100_000));
            out.flush();
            coming.countDown();
        });
        AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            Thread caller = Thread.ofVirtual().start(() -> {
                try {
                    fetcher.fetchAll(List.of(FetchBench.wanted("http://images.test/slow"),
                            FetchBench.wanted("http://images.test/slow")));
                } catch (UncheckedIOException e) {
                    thrown.set(e);
                }
            });
            coming.await();
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).isNotNull();
            new Leftovers(folder, dumps, host).assertNone();
        }
    }

    private void assertFailure(String reason) throws Exception {
        assertFailure(reason, 1 << 20);
    }

    private void assertFailure(String reason, long maxBytes) throws Exception {
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            ApiException failure = catchThrowableOfType(ApiException.class,
                    () -> fetcher.fetchAll(List.of(new Wanted("images[0]", "http://images.test/x", maxBytes))));
            assertThat(failure.message()).isEqualTo(ErrorMessage.IMAGE_DOWNLOAD_FAILED);
            assertThat(failure.arguments()).containsEntry("reason", reason);
            assertThat(failure.getCause()).isNull();
            new Leftovers(folder, dumps, host).assertNone();
        }
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        out.write(PictureHost.ascii(Integer.toHexString(bytes.length) + "\r\n"));
        out.write(bytes);
        out.write(PictureHost.ascii("\r\n"));
    }

    private static void endlessly(OutputStream out, byte[] bytes) throws IOException {
        while (true) {
            chunk(out, bytes);
            out.flush();
        }
    }
}
