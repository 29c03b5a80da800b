package dev.retouch.server.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Connections that wait for their clients do not lock out others. */
@Timeout(60)
final class ConnectionLimitTest {

    private static final int MORE_THAN_THE_LIMIT = Door.CONNECTIONS + Door.CONNECTIONS / 2;
    private static final String READ = "GET /read HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK";

    private final List<Socket> waiting = new ArrayList<>();

    @TempDir
    private Path folder = Path.of(".");

    @AfterEach
    void closeAll() throws IOException {
        for (Socket client : waiting) {
            client.close();
        }
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String answer(Socket client) throws IOException {
        return new String(client.getInputStream().readNBytes(OK.length()), StandardCharsets.US_ASCII);
    }

    private void openMany(Door door, String beginning) throws IOException {
        URI address = door.front.address();
        for (int count = 0; count < MORE_THAN_THE_LIMIT; count++) {
            Socket client = new Socket(address.getHost(), address.getPort());
            waiting.add(client);
            send(client, beginning);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /read HTTP/1.1\r\nX: ", READ})
    void newClientsAreServed(String beginning) throws IOException {
        try (Door door = Door.open(folder)) {
            openMany(door, beginning);
            try (Socket client = door.connect()) {
                send(client, READ);
                assertThat(answer(client)).isEqualTo(OK);
            }
            assertThat(door.front.connections()).isLessThan(door.front.maxConnections());
            assertThat(door.front.closedConnections()).isPositive();
        }
    }

    @Test
    void newClientsAreServedWithTls() throws IOException {
        try (Door door = Door.open(folder, true)) {
            openMany(door, "");
            try (Socket client = door.connect()) {
                send(client, READ);
                assertThat(answer(client)).isEqualTo(OK);
            }
            assertThat(door.front.closedConnections()).isPositive();
        }
    }

    @Test
    void aRequestIsNotCutOff() throws Exception {
        try (Door door = Door.open(folder); Socket client = door.connect()) {
            send(client, Door.request("/slow"));
            door.desk.awaitArrival();
            openMany(door, "");
            assertThat(answerOfANewClient(door)).isEqualTo(OK);
            door.desk.finishAll();
            assertThat(answer(client)).isEqualTo(OK);
        }
    }

    private static String answerOfANewClient(Door door) throws IOException {
        try (Socket client = door.connect()) {
            send(client, READ);
            return answer(client);
        }
    }
}
