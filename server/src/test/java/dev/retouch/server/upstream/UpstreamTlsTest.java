package dev.retouch.server.upstream;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.UpstreamSettings.Http;

import static org.assertj.core.api.Assertions.assertThat;

/** HTTP/2 and HTTP/1.1 over TLS, negotiated by ALPN with a real server. */
@Timeout(60)
class UpstreamTlsTest {

    private static final String PASSWORD = "for-this-test";

    @TempDir
    private static Path shared;

    private final Spool spool;

    UpstreamTlsTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
    }

    @BeforeAll
    static void makeCertificates() throws IOException, InterruptedException {
        makeCertificate("known", "ip:127.0.0.1");
        makeCertificate("other-name", "dns:other.test");
    }

    private static void makeCertificate(String name, String subject) throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "host", "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=" + subject,
                "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", store(name)).redirectErrorStream(true)
                .redirectOutput(shared.resolve("keytool.log").toFile()).start();
        assertThat(keytool.waitFor()).isZero();
    }

    private static String store(String name) {
        return shared.resolve(name + ".p12").toString();
    }

    private static SslContextFactory.Server certificate(String name) {
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStorePath(store(name));
        context.setKeyStorePassword(PASSWORD);
        return context;
    }

    private static SslContextFactory.Client trusting(String name) {
        SslContextFactory.Client context = new SslContextFactory.Client();
        context.setTrustStorePath(store(name));
        context.setTrustStorePassword(PASSWORD);
        return context;
    }

    private UpstreamRequest edit() {
        try {
            Spool.Writer writer = spool.newWriter();
            writer.write(Pictures.png(700, 700));
            return Edits.loaded("req_tls", Edits.model("gpt-image-2", "gpt-image-2"), "a rose", Map.of(),
                    List.of(new ImagePart(writer.finish(), ImageFormat.PNG)), Optional.empty(), false);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OpenAiUpstream connected(RawHttpServer server, Http http, SslContextFactory.Client tls) {
        return new OpenAiUpstream(Provided.at(server.base()).withHttp(http).settings(), new Secret("sk-tls"),
                Clock.systemUTC(), tls);
    }

    @ParameterizedTest
    @CsvSource({"AUTO, true, HTTP/2.0", "HTTP_2, true, HTTP/2.0", "HTTP_1_1, true, HTTP/1.1",
            "AUTO, false, HTTP/1.1", "HTTP_1_1, false, HTTP/1.1"})
    void negotiatesTheProtocolByAlpn(Http http, boolean serverHasHttp2, String protocol) throws IOException {
        try (RawHttpServer server = RawHttpServer.tls(certificate("known"), serverHasHttp2, RawHttpServer::edited);
                OpenAiUpstream upstream = connected(server, http, trusting("known"))) {
            for (int i = 0; i < 2; i++) {
                try (UpstreamResponse response = upstream.edit(edit())) {
                    assertThat(response.body().readAllBytes()).isNotEmpty();
                }
            }
            assertThat(server.seen()).hasSize(2).extracting(RawHttpServer.Seen::protocol).containsOnly(protocol);
            RawHttpServer.Seen seen = server.seen().getFirst();
            assertThat(seen.header("authorization")).isEqualTo("Bearer sk-tls");
            assertThat(seen.header("content-length")).isEqualTo(Integer.toString(seen.body().length));
        }
    }

    @ParameterizedTest
    @CsvSource({"known, other-name, AUTO", "known, other-name, HTTP_2", "other-name, other-name, AUTO"})
    void sendsNothingIfTheCertificateIsNotTrusted(String served, String trusted, Http http) {
        try (RawHttpServer server = RawHttpServer.tls(certificate(served), true, RawHttpServer::edited);
                OpenAiUpstream upstream = connected(server, http, trusting(trusted))) {
            ApiException failure = Failures.of(() -> upstream.edit(edit()));
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
            assertThat(failure.mayHaveRun()).isFalse();
            assertThat(server.seen()).isEmpty();
        }
    }

    @Test
    void isUnreachableIfHttp2IsRequiredAndTheServerHasNone() {
        try (RawHttpServer server = RawHttpServer.tls(certificate("known"), false, RawHttpServer::edited);
                OpenAiUpstream upstream = connected(server, Http.HTTP_2, trusting("known"))) {
            ApiException failure = Failures.of(() -> upstream.edit(edit()));
            assertThat(server.seen()).isEmpty();
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        }
    }
}
