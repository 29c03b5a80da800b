package dev.retouch.server.fetch;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Every attempt aims at a listener on this machine that would serve a picture; none may reach it. */
@Tag("slow")
final class SsrfTest {

    private static final String REFUSED = "its host is unknown, or is one that this gateway does not fetch from";

    @TempDir
    private Path folder;
    private RecordingListener trap;
    private PictureHost outside;
    private FetchBench bench;

    SsrfTest() {
        trap = new RecordingListener();
        outside = new PictureHost();
        bench = new FetchBench();
    }

    @BeforeEach
    void scriptNames() {
        bench.port(trap.port()).host(FetchBench.PUBLIC, outside);
        bench.names.answer("outside.test", FetchBench.PUBLIC);
    }

    @AfterEach
    void stop() throws IOException {
        trap.close();
        outside.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            // other schemes
            "file:///etc/passwd", "file://127.0.0.1:{port}/x", "ftp://127.0.0.1:{port}/x",
            "gopher://127.0.0.1:{port}/_x",
            "jar:http://127.0.0.1:{port}/x!/y", "data:image/png;base64,iVBORw0KGgo=", "dict://127.0.0.1:{port}/x",
            "ldap://127.0.0.1:{port}/x", "netdoc:///etc/passwd", "javascript:alert(1)", "//127.0.0.1:{port}/x", "/x",
            "",
            "http:127.0.0.1:{port}/x", "http:/127.0.0.1:{port}/x", "http:///127.0.0.1:{port}/x", "http://:{port}/x",
            "view-source:http://127.0.0.1:{port}/x",
            // loopback in every spelling
            "http://127.0.0.1:{port}/x", "HTTP://127.0.0.1:{port}/x", "http://127.0.0.2:{port}/x",
            "http://127.255.255.254:{port}/x", "http://0.0.0.0:{port}/x", "http://0.1.2.3:{port}/x",
            "http://0:{port}/x", "http://127.1:{port}/x", "http://127.0.1:{port}/x", "http://2130706433:{port}/x",
            "http://0x7f000001:{port}/x", "http://0x7f.1:{port}/x", "http://0x7f.0x0.0x0.0x1:{port}/x",
            "http://0177.0.0.1:{port}/x", "http://017700000001:{port}/x", "http://0177.1:{port}/x",
            "http://00127.0.0.1:{port}/x", "http://127.0.0.01:{port}/x", "http://127.0.0.1.:{port}/x",
            "http://127.0.0.1..:{port}/x", "http://127.0.0.256:{port}/x", "http://4294967297:{port}/x",
            "http://127.0.0.0x1:{port}/x", "http://1.127.0.0.1:{port}/x", "http://127.0.0.1%00:{port}/x",
            "http://%31%32%37.0.0.1:{port}/x", "http://127%2e0%2e0%2e1:{port}/x",
            "http://\uff11\uff12\uff17.0.0.1:{port}/x", "http://127\u30020\u30020\u30021:{port}/x",
            "http://\u2460\u2461\u2466.0.0.1:{port}/x", "http://loc\u00adalhost:{port}/x",
            // IPv6 and what it carries inside
            "http://[::1]:{port}/x", "http://[0:0:0:0:0:0:0:1]:{port}/x", "http://[::]:{port}/x",
            "http://[::ffff:127.0.0.1]:{port}/x", "http://[::ffff:7f00:1]:{port}/x",
            "http://[0:0:0:0:0:ffff:127.0.0.1]:{port}/x", "http://[::ffff:93.184.215.14]:{port}/x",
            "http://[::127.0.0.1]:{port}/x", "http://[::7f00:1]:{port}/x", "http://[::ffff:0:127.0.0.1]:{port}/x",
            "http://[64:ff9b::127.0.0.1]:{port}/x", "http://[64:ff9b:1::7f00:1]:{port}/x",
            "http://[2002:7f00:1::]:{port}/x", "http://[2001:0:7f00:1::80ff:fffe]:{port}/x",
            "http://[2606:2800::5efe:127.0.0.1]:{port}/x", "http://[2606:2800::200:5efe:7f00:1]:{port}/x",
            "http://[fe80::1]:{port}/x", "http://[fe80::1%25lo]:{port}/x", "http://[::1%25lo]:{port}/x",
            "http://[::1%lo]:{port}/x", "http://[fc00::1]:{port}/x", "http://[fd00:ec2::254]:{port}/x",
            "http://[fec0::1]:{port}/x", "http://[ff02::1]:{port}/x", "http://[100::1]:{port}/x",
            "http://[2001:db8::1]:{port}/x", "http://[3fff::1]:{port}/x", "http://[5f00::1]:{port}/x",
            "http://[::1:{port}/x", "http://::1:{port}/x", "http://[127.0.0.1]:{port}/x", "http://[v1.x]:{port}/x",
            // other networks and metadata services
            "http://10.0.0.1:{port}/x", "http://100.64.0.1:{port}/x", "http://100.100.100.200/x",
            "http://169.254.169.254/latest/meta-data/", "http://172.16.0.1:{port}/x", "http://172.31.255.255:{port}/x",
            "http://192.168.0.1:{port}/x", "http://192.0.0.192/x", "http://192.0.2.1/x", "http://192.88.99.1/x",
            "http://198.18.0.1/x", "http://198.51.100.1/x", "http://203.0.113.1/x", "http://224.0.0.1/x",
            "http://239.255.255.250/x", "http://240.0.0.1/x", "http://255.255.255.255/x", "http://168.63.129.16/x",
            // names
            "http://localhost:{port}/x", "http://LOCALHOST:{port}/x", "http://localhost.:{port}/x",
            "http://metadata.google.internal/x", "http://unknown.test:{port}/x",
            // credentials, and hosts that only look like the one meant
            "http://user@127.0.0.1:{port}/x", "http://user:secret@outside.test/x",
            "http://outside.test@127.0.0.1:{port}/x",
            "http://@127.0.0.1:{port}/x", "http://outside.test:80@127.0.0.1:{port}/x",
            "http://127.0.0.1:{port}\\@outside.test/x", "http://outside.test\\@127.0.0.1:{port}/x",
            "http:\\\\127.0.0.1:{port}/x", "http://127.0.0.1:{port}#@outside.test/x",
            "http://127.0.0.1:{port}?@outside.test/x", "http://outside.test%40127.0.0.1:{port}/x",
            "http://outside.test%23@127.0.0.1:{port}/x", "http://127.0.0.1 :{port}/x", " http://127.0.0.1:{port}/x",
            "http://127.0.0.1\t:{port}/x", "http://127.0.0.1:{port}/x\r\nHost: outside.test",
            "http://127.0.0.1:{port} /x",
            "http://outside.test,127.0.0.1:{port}/x", "http://outside.test;127.0.0.1:{port}/x",
            "http://127.0.0.1:{port}:80/x", "http://outside.test:80:{port}/x", "http://outside.test:+80/x",
            "http://outside.test:0/x", "http://outside.test:65536/x", "http://outside.test:99999999999/x",
            "http://outside.test:22/x", "http://outside.test:6379/x", "https://outside.test:25/x",
            "http://outside_test/x", "http://-outside.test/x", "http://outside..test/x", "http://.outside.test/x"})
    void aUrlThatAimsInside(String url) throws Exception {
        ApiException failure = failure(url);

        assertThat(failure.message()).isEqualTo(ErrorMessage.IMAGE_URL_IS_INVALID);
        assertThat(failure.param()).contains("images[0]");
        assertNothingReached();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.127.255.255",
            "169.254.169.254", "172.16.0.1", "172.31.0.1", "192.168.1.1", "192.0.0.8", "192.0.2.9", "192.88.99.1",
            "198.19.0.1", "198.51.100.7", "203.0.113.7", "224.0.0.251", "240.1.1.1", "255.255.255.255", "168.63.129.16",
            "::1", "::", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:1ff::1",
            "2001:db8::1", "2002:7f00:1::1", "3ffe::1", "3fff:fff::1", "5f00::1", "4000::1", "fc00::1", "fd00:ec2::254",
            "fe80::1", "febf::1", "fec0::1", "ff02::1", "2606:2800::5efe:7f00:1"})
    void aNameThatMeansSomethingInside(String address) throws Exception {
        bench.names.answer("evil.test", address).answer("mixed.test", FetchBench.PUBLIC, address)
                .answer("mixed-back.test", address, FetchBench.PUBLIC);

        for (String host : List.of("evil.test", "mixed.test", "mixed-back.test")) {
            assertThat(failure("http://" + host + ":{port}/x").arguments()).containsEntry("reason", REFUSED);
        }
        assertNothingReached();
    }

    static Stream<String> redirectTargets() {
        return Stream.of("http://127.0.0.1:{port}/x", "http://localhost:{port}/x", "http://evil.test:{port}/x",
                "http://[::1]:{port}/x", "//127.0.0.1:{port}/x", "//evil.test:{port}/x", "http://2130706433:{port}/x",
                "http://169.254.169.254/latest/meta-data/", "http://user:secret@outside.test/x", "file:///etc/passwd",
                "gopher://127.0.0.1:{port}/_x", "http://outside.test:22/x", "http://outside.test@127.0.0.1:{port}/x",
                "\\\\127.0.0.1:{port}\\x", "http://[::ffff:127.0.0.1]:{port}/x", "http://mixed.test:{port}/x");
    }

    @ParameterizedTest
    @MethodSource("redirectTargets")
    void aRedirectThatLeadsInside(String target) throws Exception {
        bench.names.answer("evil.test", "127.0.0.1").answer("localhost", "127.0.0.1").answer("mixed.test",
                FetchBench.PUBLIC, "::1");
        outside.redirect("/here", 302, target.replace("{port}", String.valueOf(trap.port())));

        ApiException failure = failure("http://outside.test/here");

        assertThat(failure.message()).isEqualTo(ErrorMessage.IMAGE_URL_IS_INVALID);
        assertThat(outside.requests()).hasSize(1);
        assertThat(trap.visitorsSoFar()).isZero();
    }

    @Test
    void aNameThatIsReboundBetweenCheckAndConnection() throws Exception {
        bench.names.answer("rebinding.test", FetchBench.PUBLIC).answer("rebinding.test", "127.0.0.1");
        outside.picture("/x", PictureHost.png(100));

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            assertThat(FetchBench.bytes(fetcher, "http://rebinding.test:" + trap.port() + "/x"))
                    .isEqualTo(PictureHost.png(100));
        }

        assertThat(bench.names.asked()).containsExactly("rebinding.test");
        assertThat(bench.connected()).extracting(address -> address.getAddress().getHostAddress())
                .containsExactly(FetchBench.PUBLIC);
        assertThat(trap.visitorsSoFar()).isZero();
    }

    @Test
    void aNameThatIsReboundBetweenTwoRequests() throws Exception {
        bench.names.answer("rebinding.test", FetchBench.PUBLIC).answer("rebinding.test", "127.0.0.1");
        outside.picture("/x", PictureHost.png(100));
        String url = "http://rebinding.test:" + trap.port() + "/x";

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            FetchBench.bytes(fetcher, url);
            assertThat(failure(fetcher, url).arguments()).containsEntry("reason", REFUSED);
        }

        assertThat(trap.visitorsSoFar()).isZero();
    }

    @Test
    void refusesNameReboundBeforeARedirect() throws Exception {
        bench.names.answer("rebinding.test", FetchBench.PUBLIC).answer("rebinding.test", "127.0.0.1");
        outside.redirect("/here", 307, "/there").picture("/there", PictureHost.png(100));

        assertThat(failure("http://rebinding.test:{port}/here").arguments()).containsEntry("reason", REFUSED);

        assertThat(bench.names.asked()).hasSize(2);
        assertThat(trap.visitorsSoFar()).isZero();
    }

    @Test
    void unguardedHostHasNoMetadataAddress() throws Exception {
        bench.unguarded("inside.test, 127.0.0.1");
        for (String address : List.of("169.254.169.254", "100.100.100.200", "fd00:ec2::254", "168.63.129.16", "0.0.0.0",
                "224.0.0.1", "fe80::1", "::127.0.0.1")) {
            bench.names.answer("inside.test", address);
        }

        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            for (int i = 0; i < 8; i++) {
                assertThat(failure(fetcher, "http://inside.test:" + trap.port() + "/x").arguments())
                        .containsEntry("reason", REFUSED);
            }
            assertThat(trap.visitorsSoFar()).isZero();
            assertThat(FetchBench.bytes(fetcher, "http://127.0.0.1:" + trap.port() + "/x")).hasSize(100);
            assertThat(trap.visitorsSoFar()).isEqualTo(1);
        }
    }

    private void assertNothingReached() throws IOException, InterruptedException {
        assertThat(bench.connected()).isEmpty();
        assertThat(outside.requests()).isEmpty();
        assertThat(trap.visitorsSoFar()).isZero();
    }

    private ApiException failure(String url) throws IOException {
        bench.names.answer("localhost", "127.0.0.1", "::1").answer("metadata.google.internal", "169.254.169.254");
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            return failure(fetcher, url.replace("{port}", String.valueOf(trap.port())));
        }
    }

    private static ApiException failure(ImageFetcher fetcher, String url) {
        return catchThrowableOfType(ApiException.class, () -> fetcher.fetchAll(List.of(FetchBench.wanted(url))));
    }
}
