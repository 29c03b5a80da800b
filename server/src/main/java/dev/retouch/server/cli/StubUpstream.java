package dev.retouch.server.cli;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;

/** Answers edits on a loopback port with fixed images: the upstream of the warm-up. */
final class StubUpstream implements AutoCloseable {

    private static final int LARGE = 256 * 1024;
    private static final int MAX_HEAD = 16 * 1024;

    private final ServerSocket server;
    private final byte[] small;
    private final byte[] large;
    private final byte[] smallEvents;
    private final byte[] largeEvents;

    StubUpstream(byte[] smallImage, byte[] largeImage) throws IOException {
        String smallText = Base64.getEncoder().encodeToString(smallImage);
        String largeText = Base64.getEncoder().encodeToString(largeImage);
        small = response("application/json", document(smallText));
        large = response("application/json", document(largeText));
        smallEvents = response("text/event-stream", events(smallText));
        largeEvents = response("text/event-stream", events(largeText));
        server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("warm-up-upstream").start(this::accept);
    }

    private static String document(String base64) {
        return "{\"created\":1,\"data\":[{\"b64_json\":\"" + base64
                + "\"}],\"usage\":{\"input_tokens\":9,\"output_tokens\":9,\"total_tokens\":18}}";
    }

    private static String events(String base64) {
        return event("partial_image", base64, "\"partial_image_index\":0")
                + event("completed", base64, "\"usage\":{\"input_tokens\":9,\"output_tokens\":9,\"total_tokens\":18}");
    }

    private static String event(String type, String base64, String member) {
        return "event: image_edit." + type + "\ndata: {\"type\":\"image_edit." + type + "\",\"b64_json\":\"" + base64
                + "\"," + member + "}\n\n";
    }

    private static byte[] response(String type, String body) {
        return ("HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** Its base URL. */
    URI base() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void serve(Socket connection) {
        try (connection;
                InputStream in = new BufferedInputStream(connection.getInputStream());
                OutputStream out = connection.getOutputStream()) {
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                byte[] body = in.readNBytes(contentLength(head));
                String beginning = new String(body, 0, Math.min(body.length, MAX_HEAD), StandardCharsets.ISO_8859_1);
                boolean streamed = beginning.contains("stream");
                if (body.length > LARGE) {
                    out.write(streamed ? largeEvents : large);
                } else {
                    out.write(streamed ? smallEvents : small);
                }
            }
        } catch (IOException e) {
            // the gateway closed the connection
        }
    }

    /** The request line and the headers; empty at the end of the connection. */
    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        for (int next = in.read(); next >= 0 && head.length() < MAX_HEAD; next = in.read()) {
            head.append((char) next);
            if (head.length() >= 4 && head.substring(head.length() - 4).equals("\r\n\r\n")) {
                return head.toString();
            }
        }
        return "";
    }

    private static int contentLength(String head) {
        return head.lines().map(line -> line.toLowerCase(Locale.ROOT))
                .filter(line -> line.startsWith("content-length:"))
                .map(line -> Integer.parseInt(line.substring(15).strip())).findFirst().orElse(0);
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
