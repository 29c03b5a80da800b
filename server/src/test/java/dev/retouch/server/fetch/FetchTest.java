package dev.retouch.server.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** What may be fetched is fetched, and only by the policy. */
@Timeout(30)
final class FetchTest {

    @TempDir
    private Path folder;
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
    void aPictureComesAsItIs() throws Exception {
        byte[] picture = PictureHost.png(300_000);
        host.picture("/a/b%20c.png?sig=a%2Fb+c==&x=[1]", picture);

        assertThat(fetch("http://IMAGES.test/a/b%20c.png?sig=a%2Fb+c==&x=[1]#part")).isEqualTo(picture);

        assertThat(host.requests()).singleElement().satisfies(head -> assertThat(head)
                .contains("GET /a/b%20c.png?sig=a%2Fb+c==&x=[1] HTTP/1.1", "Accept-Encoding: identity",
                        "User-Agent: Retouch")
                .anyMatch(line -> line.matches("Host: images\\.test(:80)?"))
                .noneMatch(line -> line.matches("(?i)(cookie|authorization|referer|x-forwarded.*):.*")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ffd8ffe000104a4649460001", "524946462400000057454250", "89504e470d0a1a0a0000000d",
            "ffd8ff"})
    void jpegAndWebpAreImagesToo(String head) throws Exception {
        byte[] picture = HexFormat.of().parseHex(head);
        host.picture("/x", picture);

        assertThat(fetch("http://images.test/x")).isEqualTo(picture);
    }

    @Test
    void aPictureInOneByteChunksComesToo() throws Exception {
        byte[] picture = PictureHost.png(40);
        host.on("/x", out -> {
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"));
            for (byte value : picture) {
                out.write(PictureHost.ascii("1\r\n"));
                out.write(value);
                out.write(PictureHost.ascii("\r\n"));
                out.flush();
            }
            out.write(PictureHost.ascii("0\r\n\r\n"));
        });

        assertThat(fetch("http://images.test/x")).isEqualTo(picture);
    }

    @Test
    void aPictureWithoutALengthEndsWithTheConnection() throws Exception {
        try (PictureHost closing = new PictureHost()) {
            closing.on("/x", out -> {
                out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\n\r\n"));
                out.write(PictureHost.png(5000));
                out.close();
            });
            bench.host(FetchBench.PUBLIC, closing);

            assertThat(fetch("http://images.test/x")).isEqualTo(PictureHost.png(5000));
        }
    }

    @Test
    void earlyHintsAreNoAnswer() throws Exception {
        host.on("/x", out -> {
            out.write(PictureHost.ascii("HTTP/1.1 103 Early Hints\r\nLink: </y>; rel=preload\r\n\r\n"));
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
            out.write(PictureHost.png(100));
        });

        assertThat(fetch("http://images.test/x")).hasSize(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void threeRedirectsAreFollowed(int status) throws Exception {
        bench.names.answer("other.test", FetchBench.PUBLIC);
        host.redirect("/a/1", status, "2?x").redirect("/a/2?x", status, "//other.test:8080/3")
                .redirect("/3", status, "?y").picture("/3?y", PictureHost.png(100));

        assertThat(fetch("http://images.test/a/1")).hasSize(100);

        assertThat(bench.names.asked()).containsExactly("images.test", "images.test", "other.test", "other.test");
    }

    @Test
    void aFourthRedirectIsTooMany() throws Exception {
        host.redirect("/1", 302, "/2").redirect("/2", 302, "/3").redirect("/3", 302, "/4").redirect("/4", 302, "/5")
                .picture("/5", PictureHost.png(100));

        assertFailure("http://images.test/1", ErrorMessage.IMAGE_DOWNLOAD_FAILED, "it redirects more than 3 times");
        assertThat(host.requests()).hasSize(4);
    }

    @Test
    void aRedirectThatLeadsNowhereIsAFailure() throws Exception {
        host.redirect("/bad", 302, "/%zz").on("/none", out -> out
                .write(PictureHost.ascii("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")));

        assertFailure("http://images.test/bad", ErrorMessage.IMAGE_DOWNLOAD_FAILED,
                "its host redirects to something that is not a URL");
        assertFailure("http://images.test/none", ErrorMessage.IMAGE_DOWNLOAD_FAILED,
                "its host redirects, but does not say where to");
    }

    @Test
    void cookiesAreNotKept() throws Exception {
        host.on("/x", out -> out.write(PictureHost.ascii(
                "HTTP/1.1 302 Found\r\nSet-Cookie: a=b; Path=/\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")))
                .picture("/y", PictureHost.png(100));

        fetch("http://images.test/x");

        assertThat(host.requests()).hasSize(2).allSatisfy(
                head -> assertThat(head).noneMatch(line -> line.regionMatches(true, 0, "Cookie:", 0, 7)));
    }

    @Test
    void addressesAreTriedInTurn() throws Exception {
        try (PictureHost gone = new PictureHost()) {
            bench.host(FetchBench.ALSO_PUBLIC, gone);
            bench.names.answer("two.test", FetchBench.ALSO_PUBLIC, FetchBench.PUBLIC);
        }
        host.picture("/x", PictureHost.png(100));

        assertThat(fetch("http://two.test/x")).hasSize(100);
    }

    @Test
    void doesNotResolveHostsOutsideTheAllowList() throws Exception {
        host.picture("/x", PictureHost.png(100)).redirect("/away", 302, "http://elsewhere.test/x");
        bench.allow("images.test, *.cdn.test").names.answer("elsewhere.test", FetchBench.PUBLIC)
                .answer("a.cdn.test", FetchBench.PUBLIC).answer("cdn.test", FetchBench.PUBLIC);

        assertThat(fetch("http://images.test/x")).hasSize(100);
        assertThat(fetch("http://a.cdn.test/x")).hasSize(100);
        for (String url : List.of("http://elsewhere.test/x", "http://cdn.test/x", "http://images.test/away",
                "http://images.test.elsewhere.test/x", "http://badcdn.test/x")) {
            assertFailure(url, ErrorMessage.IMAGE_URL_IS_INVALID,
                    "its host is unknown, or is one that this gateway does not fetch from");
        }
        assertThat(bench.names.asked()).containsOnly("images.test", "a.cdn.test");
    }

    @Test
    void deniedHostsAndAddressesBeatEveryPermission() throws Exception {
        bench.allow("*.test").unguarded("inside.test").deny("images.test, inside.test")
                .denyAddresses("93.184.215.0/24");
        bench.names.answer("inside.test", "127.0.0.1").answer("other.test", FetchBench.PUBLIC);

        for (String url : List.of("http://images.test/x", "http://inside.test/x", "http://other.test/x")) {
            assertFailure(url, ErrorMessage.IMAGE_URL_IS_INVALID,
                    "its host is unknown, or is one that this gateway does not fetch from");
        }
        assertThat(bench.connected()).isEmpty();
    }

    @Test
    void switchedOffNothingIsFetched() throws Exception {
        bench.disabled();

        assertFailure("http://images.test/x", ErrorMessage.IMAGE_URL_IS_INVALID,
                "this gateway does not fetch images; send the image itself as a data: URL");
        assertThat(bench.names.asked()).isEmpty();
    }

    @Test
    @ResourceLock(Resources.SYSTEM_PROPERTIES)
    void proxiesOfTheJvmAreIgnored() throws Exception {
        List<String> properties = List.of("http.proxyHost", "https.proxyHost", "socksProxyHost");
        host.picture("/x", PictureHost.png(100));
        try (PictureHost proxy = new PictureHost()) {
            for (String property : properties) {
                System.setProperty(property, "127.0.0.1");
                System.setProperty(property.replace("Host", "Port"), String.valueOf(proxy.address().getPort()));
            }
            assertThat(fetch("http://images.test/x")).hasSize(100);
            assertThat(proxy.requests()).isEmpty();
        } finally {
            for (String property : properties) {
                System.clearProperty(property);
                System.clearProperty(property.replace("Host", "Port"));
            }
        }
    }

    @Test
    void fetchesImagesConcurrentlyAndKeepsTheirOrder() throws Exception {
        CountDownLatch allArrived = new CountDownLatch(8);
        List<ImageFetcher.Wanted> wanted = IntStream.range(0, 8).mapToObj(i -> {
            host.on("/" + i, out -> {
                allArrived.countDown();
                assertThat(allArrived.await(20, TimeUnit.SECONDS)).isTrue();
                out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Length: " + (100 + i) + "\r\n\r\n"));
                out.write(PictureHost.png(100 + i));
            });
            return FetchBench.wanted("http://images.test/" + i);
        }).toList();

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            List<ImageBytes> images = fetcher.fetchAll(wanted);
            assertThat(images).extracting(ImageBytes::size).containsExactly(100L, 101L, 102L, 103L, 104L, 105L, 106L,
                    107L);
            images.forEach(ImageBytes::close);
        }
    }

    @Test
    void moreImagesThanLanesWaitForALane() throws Exception {
        bench.atOncePerRequest(2);
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        host.on("/x", out -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            out.write(PictureHost.ascii("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"));
            now.decrementAndGet();
            out.write(PictureHost.png(100));
        });

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            List<ImageBytes> images = fetcher
                    .fetchAll(IntStream.range(0, 12).mapToObj(i -> FetchBench.wanted("http://images.test/x")).toList());
            assertThat(images).hasSize(12);
            images.forEach(ImageBytes::close);
        }
        assertThat(most.get()).isBetween(1, 2);
    }

    private byte[] fetch(String url) throws IOException {
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            return FetchBench.bytes(fetcher, url);
        }
    }

    private void assertFailure(String url, ErrorMessage message, String reason) throws IOException {
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            ApiException failure = catchThrowableOfType(ApiException.class,
                    () -> fetcher.fetchAll(List.of(FetchBench.wanted(url))));
            assertThat(failure.message()).isEqualTo(message);
            assertThat(failure.arguments()).containsEntry("reason", reason);
        }
    }
}
