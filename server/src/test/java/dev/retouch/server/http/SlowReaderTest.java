package dev.retouch.server.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/** A client that reads a byte now and then is never silent, and does not keep its response forever. */
@Timeout(60)
@Tag("slow")
final class SlowReaderTest {

    private static final byte[] REQUEST = "GET /large HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder = Path.of(".");

    private static Socket connect(Door door) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), door.front.address().getPort()));
        client.getOutputStream().write(REQUEST);
        return client;
    }

    @Test
    void aSlowReaderIsDisconnected() throws IOException {
        try (Door door = Door.open(folder, 4 << 20); Socket client = connect(door)) {
            Eventually.so("the response has begun", () -> door.api.inFlight() == 1);
            byte[] some = new byte[4096];
            for (int i = 0; i < 200 && door.api.inFlight() > 0; i++) {
                assertThat(client.getInputStream().read(some)).isNotNegative();
                LockSupport.parkNanos(100_000_000);
            }
            assertThat(door.api.inFlight()).isZero();
        }
    }

    @Test
    void aFastReaderGetsEverything() throws IOException {
        try (Door door = Door.open(folder, 1024); Socket client = connect(door)) {
            assertThat(client.getInputStream().readNBytes(64 << 20)).hasSize(64 << 20);
        }
    }
}
