package dev.retouch.contract.denial;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.retouch.contract.harness.Endpoint;

/**
 * What a worker of an attack knows.
 *
 * @param gateway with the attacker's API key
 * @param slowHost a web server that sends a byte now and then
 * @param random of this worker
 * @param going false when the attack is over
 * @param answers receives the status of each response
 */
record Siege(Endpoint gateway, URI slowHost, SplittableRandom random, BooleanSupplier going, Consumer<String> answers) {

    private static final int TIMEOUT_MILLIS = 5_000;
    private static final int STATUS = "HTTP/1.1 ".length();
    private static final int STATUS_LINE = STATUS + "200".length();
    private static final int PAUSE_MILLIS = 100;
    private static final int ADDRESSES = 4;

    /** A new connection from one of a few addresses, of which the first is that of the tenant as well. */
    Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress("127.0.0." + (1 + random.nextInt(ADDRESSES)), 0));
        socket.connect(new InetSocketAddress(gateway.baseUrl().getHost(), gateway.baseUrl().getPort()));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    /** The head of a request with the attacker's key. */
    String head(String method, String path, String... headers) {
        StringBuilder head = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: "
                + gateway.baseUrl().getAuthority() + "\r\nAuthorization: Bearer " + gateway.key() + "\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    /** Sends a whole request and reads the beginning of its response; a refusal may come before all was sent. */
    void exchange(String path, String contentType, byte[] body) throws IOException {
        try (Socket socket = connect()) {
            try {
                OutputStream out = socket.getOutputStream();
                out.write(ascii(head("POST", path, "Content-Type: " + contentType, "Content-Length: " + body.length,
                        "Connection: close")));
                out.write(body);
                out.flush();
            } catch (IOException e) {
                // refused before the end
            }
            read(socket);
        }
    }

    /** Reads the beginning of a response. */
    void read(Socket socket) throws IOException {
        byte[] beginning = socket.getInputStream().readNBytes(STATUS_LINE);
        answers.accept(beginning.length < STATUS_LINE
                ? "none"
                : new String(beginning, STATUS, STATUS_LINE - STATUS, StandardCharsets.ISO_8859_1));
        socket.getInputStream().readNBytes(200);
    }

    /** Sends a little again and again, as long as the gateway and the attack allow. */
    void trickle(Socket socket, byte[] piece) throws IOException, InterruptedException {
        while (going.getAsBoolean()) {
            socket.getOutputStream().write(piece);
            socket.getOutputStream().flush();
            pause();
        }
    }

    /** The rhythm of a slow attacker. */
    static void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
