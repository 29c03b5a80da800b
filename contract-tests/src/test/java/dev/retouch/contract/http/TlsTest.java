package dev.retouch.contract.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Map;

import javax.net.ssl.SSLHandshakeException;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.server.settings.ConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A gateway with a certificate serves https and returns https links. */
class TlsTest {

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void anEditAndItsLinkWork(Version version) throws Exception {
        SelfSigned certificate = SelfSigned.make(folder, "first");
        try (RunningGateway gateway = RunningGateway.start(certificate.write(folder));
                HttpClient client = client(certificate, version)) {
            assertThat(gateway.baseUrl()).hasScheme("https");
            HttpResponse<String> edited = client.send(edit(gateway, CheapEdit.form().text("response_format", "url")),
                    BodyHandlers.ofString());
            assertThat(edited.statusCode()).as(edited.body()).isEqualTo(200);
            assertThat(edited.version()).isEqualTo(version);
            URI link = URI.create(new ObjectMapper().readTree(edited.body()).at("/data/0/url").asText());
            assertThat(link).hasScheme("https").hasPort(gateway.baseUrl().getPort());
            HttpResponse<byte[]> image = client.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofByteArray());
            assertThat(image.statusCode()).isEqualTo(200);
            assertThat(image.body()).hasSizeGreaterThan(100);
        }
    }

    @Test
    void aNewCertificateIsTakenUp() throws Exception {
        SelfSigned first = SelfSigned.make(folder, "first");
        SelfSigned second = SelfSigned.make(folder, "second");
        try (RunningGateway gateway = RunningGateway.start(first.write(folder));
                HttpClient connected = client(first, Version.HTTP_1_1)) {
            assertThat(health(gateway, connected)).isEqualTo(200);
            second.write(folder);
            Awaitility.await().atMost(Duration.ofSeconds(20)).ignoreExceptionsInstanceOf(SSLHandshakeException.class)
                    .until(() -> {
                        try (HttpClient trusting = client(second, Version.HTTP_1_1)) {
                            return health(gateway, trusting) == 200;
                        }
                    });
            assertThat(health(gateway, connected)).as("on the connection that was there before").isEqualTo(200);
            try (HttpClient late = client(first, Version.HTTP_1_1)) {
                assertThatThrownBy(() -> health(gateway, late)).isInstanceOf(SSLHandshakeException.class);
            }
        }
    }

    @Test
    void mistakesStopTheStartAndNameTheSetting() throws Exception {
        Map<String, String> settings = SelfSigned.make(folder, "first").write(folder);
        assertThatThrownBy(() -> RunningGateway.start(
                Map.of("RETOUCH_TLS_CERTIFICATE", settings.get("RETOUCH_TLS_CERTIFICATE"))))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("tls.key");
        Files.writeString(Path.of(settings.get("RETOUCH_TLS_KEY")), "no key");
        assertThatThrownBy(() -> RunningGateway.start(settings)).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("tls.certificate").hasMessageContaining("gateway.key");
    }

    private static int health(RunningGateway gateway, HttpClient client) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/healthz")).build(),
                BodyHandlers.discarding()).statusCode();
    }

    private static HttpRequest edit(RunningGateway gateway, Form form) {
        return gateway.endpoint().request("/v1/images/edits").header("Content-Type", form.contentType())
                .POST(BodyPublishers.ofByteArray(form.bytes())).build();
    }

    private static HttpClient client(SelfSigned certificate, Version version)
            throws GeneralSecurityException, IOException {
        return HttpClient.newBuilder().version(version).sslContext(certificate.trusting()).build();
    }
}
