package dev.retouch.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** Headers that come slowly do not keep a connection. */
@Timeout(60)
@Tag("slow")
final class SlowHeadersTest {

    private static final String READ = "GET /read HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

    @TempDir
    private Path folder = Path.of(".");

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes(15), StandardCharsets.US_ASCII);
    }

    /** Sends a header byte by byte until the connection is closed; returns whether it was. */
    private static boolean trickle(Socket client) throws IOException {
        send(client, "GET /read HTTP/1.1\r\nX: ");
        client.setSoTimeout(100);
        for (int i = 0; i < 150; i++) {
            try {
                send(client, "a");
                if (client.getInputStream().read() < 0) {
                    return true;
                }
            } catch (SocketTimeoutException e) {
                // still open
            } catch (SocketException e) {
                return true;
            }
        }
        return false;
    }

    /** Sends a request and reads the whole response. */
    private static void read(Socket client) throws IOException {
        send(client, READ);
        StringBuilder response = new StringBuilder();
        while (!response.toString().endsWith("\r\n\r\nread")) {
            response.append((char) client.getInputStream().read());
        }
    }

    @Test
    void headersHaveAMaximumTime() throws IOException {
        try (Door door = Door.open(folder); Socket first = door.connect(); Socket later = door.connect()) {
            assertThat(trickle(first)).as("the first request").isTrue();
            read(later);
            assertThat(trickle(later)).as("a later request").isTrue();
        }
    }

    @Test
    void aConnectionBetweenRequestsIsLeftAlone() throws IOException {
        try (Door door = Door.open(folder); Socket client = door.connect()) {
            for (int i = 0; i < 2; i++) {
                read(client);
                LockSupport.parkNanos(Door.HEADER_TIME.multipliedBy(2).toNanos());
            }
            send(client, READ);
            assertThat(answer(client)).isEqualTo("HTTP/1.1 200 OK");
        }
    }
}
