package dev.retouch.server.moderation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.retouch.server.moderation.ModerationImage.Linked;
import dev.retouch.server.moderation.ModerationPolicy.Mode;
import dev.retouch.server.moderation.ModerationPolicy.OnFailure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** More questions than may be asked at a time. */
@Timeout(60)
class ManyQuestionsTest {

    private static final byte[] CLEAN = "{\"results\":[{\"categories\":{\"hate\":false}}]}"
            .getBytes(StandardCharsets.UTF_8);
    private static final ModerationPolicy BLOCK = new ModerationPolicy(Mode.BLOCK, OnFailure.CLOSED, Map.of());

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();

    ManyQuestionsTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private ModerationClient service(Duration timeout, int sideBySide) {
        server.start();
        return new ModerationClient(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/v1"), "",
                "omni-moderation-latest", new ModerationClientSettings(Duration.ofSeconds(5), timeout, sideBySide));
    }

    private static void answer(HttpExchange exchange) throws IOException {
        exchange.getRequestBody().readAllBytes();
        exchange.sendResponseHeaders(200, CLEAN.length);
        exchange.getResponseBody().write(CLEAN);
        exchange.close();
    }

    private static List<ModerationImage> images(int count) {
        List<ModerationImage> images = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            images.add(new Linked("image[" + i + "]", "https://images.example/" + i));
        }
        return images;
    }

    /** Each response waits for the next request, so none arrives unless two requests are in flight. */
    @Test
    void twoAtATimeAreTwoAtATime() {
        CyclicBarrier pairs = new CyclicBarrier(2);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger withKey = new AtomicInteger();
        server.createContext("/v1/moderations", exchange -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            withKey.addAndGet(exchange.getRequestHeaders().containsKey("Authorization") ? 1 : 0);
            try {
                pairs.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException(e);
            }
            now.decrementAndGet();
            answer(exchange);
        });
        try (ModerationClient service = service(Duration.ofSeconds(30), 2)) {
            Moderator moderator = new Moderator(LocalRules.none(), Optional.of(service));
            assertThat(moderator.check("a rose", images(7), BLOCK, "req_1")).isEqualTo(Verdict.CLEAN);
        }
        assertThat(most).hasValue(2);
        assertThat(withKey).as("an empty key is none").hasValue(0);
    }

    @Test
    void waitingForAPlaceHasAnEnd() {
        CountDownLatch end = new CountDownLatch(1);
        server.createContext("/v1/moderations", exchange -> {
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            answer(exchange);
        });
        try (ModerationClient service = service(Duration.ofMillis(300), 1)) {
            Moderator moderator = new Moderator(LocalRules.none(), Optional.of(service));
            ModerationUnavailableException failure = catchThrowableOfType(ModerationUnavailableException.class,
                    () -> moderator.check("a rose", images(8), BLOCK, "req_1"));
            assertThat(failure).hasMessageContaining("it took longer than 300 milliseconds");
        } finally {
            end.countDown();
        }
    }

    /** A wait for a verdict can be interrupted, and leaves nothing behind. */
    @Test
    void anInterruptedCheckEnds() throws Exception {
        CountDownLatch asked = new CountDownLatch(3);
        CountDownLatch end = new CountDownLatch(1);
        server.createContext("/v1/moderations", exchange -> {
            asked.countDown();
            try {
                end.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            answer(exchange);
        });
        try (ModerationClient service = service(Duration.ofSeconds(50), 3);
                ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            Moderator moderator = new Moderator(LocalRules.none(), Optional.of(service));
            CountDownLatch ended = new CountDownLatch(1);
            Future<?> check = callers.submit(() -> {
                try {
                    return moderator.check("a rose", images(2), BLOCK, "req_1");
                } finally {
                    ended.countDown();
                }
            });
            assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
            check.cancel(true);
            assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
            end.countDown();
            assertThat(moderator.check("a rose", images(2), BLOCK, "req_2")).as("the places are free again")
                    .isEqualTo(Verdict.CLEAN);
        } finally {
            end.countDown();
        }
    }
}
