package dev.retouch.server.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocketFactory;

import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Whose certificate is good enough. */
@Timeout(60)
@Tag("slow")
final class FetchTlsTest {

    private static final String PASSWORD = "for-this-test";

    @TempDir
    private static Path shared;
    @TempDir
    private Path folder;

    /** A self-signed certificate for images.test. */
    @BeforeAll
    static void makeCertificate() throws IOException, InterruptedException {
        Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "host", "-keyalg", "EC", "-dname", "CN=images.test", "-ext",
                "san=dns:images.test", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore",
                store().toString()).redirectErrorStream(true).redirectOutput(shared.resolve("keytool.log").toFile())
                .start();
        assertThat(keytool.waitFor()).as(FetchTlsTest::log).isZero();
    }

    @Test
    void refusesSelfSignedCertificate() throws Exception {
        try (PictureHost host = new PictureHost(sockets())) {
            host.picture("/x", PictureHost.png(100));
            FetchBench bench = new FetchBench().host(FetchBench.PUBLIC, host);
            bench.names.answer("images.test", FetchBench.PUBLIC);

            assertNotTrusted(bench, "https://images.test/x");
            assertThat(host.requests()).isEmpty();
        }
    }

    @Test
    void checksCertificateAgainstTheName() throws Exception {
        try (PictureHost host = new PictureHost(sockets())) {
            host.picture("/x", PictureHost.png(100));
            FetchBench bench = new FetchBench(trustingTheHost()).host(FetchBench.PUBLIC, host);
            bench.names.answer("images.test", FetchBench.PUBLIC).answer("other.test", FetchBench.PUBLIC);

            try (ImageFetcher fetcher = bench.fetcher(folder)) {
                assertThat(FetchBench.bytes(fetcher, "https://images.test/x")).hasSize(100);
            }
            assertThat(host.requests()).hasSize(1);
            assertNotTrusted(bench, "https://other.test/x");
            assertNotTrusted(bench, "https://" + FetchBench.PUBLIC + "/x");
            assertThat(host.requests()).hasSize(1);
        }
    }

    @Test
    void aRedirectDoesNotLeaveTls() throws Exception {
        try (PictureHost host = new PictureHost(sockets())) {
            host.redirect("/x", 302, "http://images.test/y").picture("/y", PictureHost.png(100));
            FetchBench bench = new FetchBench(trustingTheHost()).host(FetchBench.PUBLIC, host);
            bench.names.answer("images.test", FetchBench.PUBLIC);

            assertFailure(bench, "https://images.test/x", "its host redirects from https to http");
        }
    }

    @Test
    void aHostWithoutTlsIsAFailure() throws Exception {
        try (PictureHost host = new PictureHost()) {
            host.on("*", out -> out.write(PictureHost.ascii("HTTP/1.1 400 What\r\n\r\n")));
            FetchBench bench = new FetchBench().host(FetchBench.PUBLIC, host).timeout(Duration.ofMillis(500));
            bench.names.answer("images.test", FetchBench.PUBLIC);

            try (ImageFetcher fetcher = bench.fetcher(folder)) {
                ApiException failure = catchThrowableOfType(ApiException.class,
                        () -> fetcher.fetchAll(List.of(FetchBench.wanted("https://images.test/x"))));
                assertThat(failure.message()).isEqualTo(ErrorMessage.IMAGE_DOWNLOAD_FAILED);
            }
        }
    }

    private void assertNotTrusted(FetchBench bench, String url) throws IOException {
        assertFailure(bench, url, "no trusted connection to its host could be made with TLS");
    }

    private void assertFailure(FetchBench bench, String url, String reason) throws IOException {
        try (ImageFetcher fetcher = bench.fetcher(folder)) {
            ApiException failure = catchThrowableOfType(ApiException.class,
                    () -> fetcher.fetchAll(List.of(FetchBench.wanted(url))));
            assertThat(failure.message()).isEqualTo(ErrorMessage.IMAGE_DOWNLOAD_FAILED);
            assertThat(failure.arguments()).containsEntry("reason", reason);
        }
    }

    private static SslContextFactory.Client trustingTheHost() throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("host", keys().getCertificate("host"));
        SslContextFactory.Client tls = new SslContextFactory.Client();
        tls.setTrustStore(trusted);
        return tls;
    }

    private static KeyStore keys() throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        return keys;
    }

    private static SSLServerSocketFactory sockets() throws IOException, GeneralSecurityException {
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys(), PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context.getServerSocketFactory();
    }

    private static Path store() {
        return shared.resolve("host.p12");
    }

    private static String log() {
        try {
            return Files.readString(shared.resolve("keytool.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
