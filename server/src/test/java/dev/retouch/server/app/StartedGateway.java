package dev.retouch.server.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.fixture.Eventually;

/** A gateway on a free port, asked byte by byte. */
final class StartedGateway implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 20_000;

    private final Gateway gateway;

    private StartedGateway(Gateway gateway) {
        this.gateway = gateway;
    }

    /** Starts a gateway with pairs of variable and value. */
    static StartedGateway with(Path dataDir, String... settings) throws IOException {
        Map<String, String> environment = new HashMap<>(
                Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", dataDir.toString()));
        for (int i = 0; i < settings.length; i += 2) {
            environment.put(settings[i], settings[i + 1]);
        }
        return new StartedGateway(Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()),
                environment, Clock.systemUTC()));
    }

    Gateway gateway() {
        return gateway;
    }

    String sandboxKey() {
        return gateway.sandboxKey().orElseThrow().value();
    }

    /** Opens a connection. */
    Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** Sends a request on a new connection, and returns the whole response. */
    String send(String requestLine, String... headers) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(
                    (requestLine + "\r\n" + String.join("\r\n", headers) + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return rest(socket);
        }
    }

    /** Reads until the gateway closes the connection. */
    static String rest(Socket socket) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        InputStream in = socket.getInputStream();
        in.transferTo(text);
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        gateway.close();
        Eventually.so("all image memory is released", () -> gateway.imageMemoryInUse() == 0);
    }
}
