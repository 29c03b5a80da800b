package dev.retouch.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLSocket;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Certificates in all common forms, and their replacement. */
@Timeout(60)
@Tag("slow")
final class ReloadingTlsContextTest {

    @TempDir
    private Path folder = Path.of(".");

    @ParameterizedTest
    @CsvSource({"RSA, PKCS8", "RSA, TRADITIONAL", "EC, PKCS8", "EC, TRADITIONAL", "Ed25519, PKCS8"})
    void allUsualFormsAreRead(String kind, PemPair.KeyForm form) throws IOException {
        PemPair pair = PemPair.of(kind, "any");
        TlsCertificate read = TlsCertificate.read(pair.write(folder, form));
        assertThat(read.chain()).containsExactly(pair.certificate());
        assertThat(read.key().getAlgorithm()).isEqualTo(pair.keys().getPrivate().getAlgorithm());
    }

    @Test
    void filesThatAreWrongAreRefusedByTheirNames() throws IOException {
        PemPair pair = PemPair.of("EC", "one");
        TlsFiles files = pair.write(folder, PemPair.KeyForm.PKCS8);
        for (PemPair other : new PemPair[]{PemPair.of("EC", "two"), PemPair.of("RSA", "three")}) {
            other.writeKey(folder, PemPair.KeyForm.PKCS8);
            assertRefused(files);
        }
        Files.writeString(files.key(), "no key");
        assertRefused(files);
        pair.writeKey(folder, PemPair.KeyForm.PKCS8);
        Files.writeString(files.certificate(), "");
        assertRefused(files);
        Files.delete(files.certificate());
        assertThatThrownBy(() -> new ReloadingTlsContext(files)).isInstanceOf(InvalidCertificateException.class)
                .hasMessageContaining(files.certificate().toString());
    }

    private static void assertRefused(TlsFiles files) {
        assertThatThrownBy(() -> TlsCertificate.read(files)).isInstanceOf(InvalidCertificateException.class)
                .hasMessageContaining(files.certificate().toString()).hasMessageContaining(files.key().toString());
    }

    @Test
    void reloadsValidCertificateDuringAnEdit() throws Exception {
        try (Door door = Door.open(folder, true); HttpClient client = door.client(Version.HTTP_2)) {
            X509Certificate first = shown(door);
            CompletableFuture<HttpResponse<String>> edit = client.sendAsync(door.post("/slow"),
                    BodyHandlers.ofString());
            door.desk.awaitArrival();

            PemPair second = PemPair.of("RSA", "second");
            second.writeCertificate(folder); // the key does not match yet
            LockSupport.parkNanos(1_500_000_000L);
            assertThat(shown(door)).isEqualTo(first);
            second.writeKey(folder, PemPair.KeyForm.TRADITIONAL);
            until(() -> shown(door).equals(second.certificate()));
            assertThat(door.front.certificateExpiry()).contains(second.certificate().getNotAfter().toInstant());

            Files.writeString(PemPair.files(folder).key(), "no key");
            LockSupport.parkNanos(1_500_000_000L);
            assertThat(shown(door)).isEqualTo(second.certificate());
            Files.delete(PemPair.files(folder).key());
            LockSupport.parkNanos(1_500_000_000L);
            assertThat(shown(door)).isEqualTo(second.certificate());

            door.desk.finishAll();
            assertThat(edit.get().body()).isEqualTo("done");
            HttpRequest next = HttpRequest.newBuilder(door.at("/read")).build();
            assertThat(client.send(next, BodyHandlers.ofString()).body()).as("on the same connection")
                    .isEqualTo("read");
        }
    }

    /** Returns the certificate that a new connection gets. */
    private static X509Certificate shown(Door door) {
        try (Socket any = TrustAll.context().getSocketFactory().createSocket("127.0.0.1",
                door.front.address().getPort())) {
            SSLSocket socket = (SSLSocket) any;
            socket.startHandshake();
            return (X509Certificate) socket.getSession().getPeerCertificates()[0];
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean() && System.nanoTime() < end) {
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }
}
