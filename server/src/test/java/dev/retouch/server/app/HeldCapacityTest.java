package dev.retouch.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;

import static org.assertj.core.api.Assertions.assertThat;

/** A client that holds server capacity without using it keeps no other client out. */
@Tag("slow")
@Timeout(60)
class HeldCapacityTest {

    private static final String OTHER = "sk-of-another-client-0123456789";
    private static final String EDIT = "{\"prompt\": \"p\", \"images\": [{\"image_url\": \"data:image/png;base64,"
            + Base64.getEncoder().encodeToString(Pictures.png(64, 48)) + "\"}]}";

    private final HttpClient http = HttpClient.newHttpClient();
    @TempDir
    private Path dataDir = Path.of(".");

    private int edit(StartedGateway gateway, String key) {
        return http.sendAsync(HttpRequest.newBuilder(gateway.gateway().address().resolve("/v1/images/edits"))
                .header("Authorization", "Bearer " + key).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(EDIT)).build(), BodyHandlers.ofString()).join().statusCode();
    }

    /** The head of an edit whose body does not come. */
    private static Socket begin(StartedGateway gateway, long length) {
        String head = "POST /v1/images/edits HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                + gateway.sandboxKey()
                + "\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: " + length + "\r\n\r\n";
        try {
            Socket client = gateway.connect();
            client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            return client;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void announcedBodiesKeepNobodyOut() throws Exception {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_HTTP_MAX_BODY_SIZE", "4MB",
                "RETOUCH_HTTP_MAX_BYTES_IN_FLIGHT", "8MB", "RETOUCH_BOOTSTRAP_KEY", OTHER)) {
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                silent.add(begin(gateway, 4 << 20));
            }
            for (Socket client : silent) {
                client.getOutputStream().write(new byte[100]);
            }
            assertThat(edit(gateway, OTHER)).isEqualTo(200);
            for (Socket client : silent) {
                client.close();
            }
        }
    }

    /** A silent request may itself be refused while an edit runs, so there are more of them until the share is in use. */
    @Test
    void aKeyTakesItsShareOfTheRequests() throws Exception {
        List<Socket> silent = new ArrayList<>();
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_HTTP_MAX_REQUESTS_IN_FLIGHT", "8",
                "RETOUCH_HTTP_MAX_PERCENT_PER_KEY", "25", "RETOUCH_BOOTSTRAP_KEY", OTHER)) {
            Eventually.so("the share is in use", () -> {
                silent.add(begin(gateway, 1000));
                return edit(gateway, gateway.sandboxKey()) == 503;
            });
            assertThat(edit(gateway, OTHER)).isEqualTo(200);
            for (Socket client : silent) {
                client.close();
            }
        }
    }

    @Test
    void aBodyHasAMaximumTime() throws Exception {
        try (StartedGateway gateway = StartedGateway.with(dataDir, "RETOUCH_HTTP_MAX_BODY_TIME", "1s");
                Socket client = begin(gateway, 1000)) {
            for (int i = 0; i < 100 && client.getInputStream().available() == 0; i++) {
                client.getOutputStream().write(new byte[1]);
                LockSupport.parkNanos(50_000_000);
            }
            assertThat(new String(client.getInputStream().readNBytes(20), StandardCharsets.US_ASCII))
                    .startsWith("HTTP/1.1 408");
        }
    }
}
