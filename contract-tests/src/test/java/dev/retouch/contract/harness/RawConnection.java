package dev.retouch.contract.harness;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A connection on which anything can be said, and broken off at any byte. */
public final class RawConnection implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int FIRST_FINAL = 200;

    private final Socket socket;
    private final InputStream in;
    private Map<String, String> trailers = Map.of();

    public RawConnection(Endpoint gateway) throws IOException {
        socket = new Socket(gateway.baseUrl().getHost(), gateway.baseUrl().getPort());
        socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** Says something and waits for an answer. */
    public static Reply exchange(Endpoint gateway, String text) {
        try (RawConnection connection = new RawConnection(gateway)) {
            return connection.send(text).reply();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The head of an edit, up to the blank line, with a right key unless the headers bring one. */
    public static String head(Endpoint gateway, String... headers) {
        StringBuilder head = new StringBuilder("POST /v1/images/edits HTTP/1.1\r\nHost: ")
                .append(gateway.baseUrl().getAuthority()).append("\r\nTE: trailers\r\n");
        if (String.join("\n", headers).indexOf("Authorization:") < 0) {
            head.append("Authorization: Bearer ").append(gateway.key()).append("\r\n");
        }
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    public RawConnection send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawConnection send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** Says that nothing more will come, and still listens. */
    public RawConnection finish() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Ends the connection as a crashed client does. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /** The next answer, whole. What may come before one, as 100 does, is passed over. */
    public Reply reply() throws IOException {
        Reply head = headOfReply();
        while (head.status() < FIRST_FINAL) {
            head = headOfReply();
        }
        Map<String, String> headers = head.headers();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if ("chunked".equals(headers.get("transfer-encoding"))) {
            for (Optional<String> chunk = chunk(); chunk.isPresent(); chunk = chunk()) {
                body.writeBytes(chunk.get().getBytes(StandardCharsets.ISO_8859_1));
            }
        } else if (headers.containsKey("content-length")) {
            body.write(in.readNBytes(Integer.parseInt(headers.get("content-length"))));
        } else {
            in.transferTo(body);
        }
        return new Reply(head.status(), headers, body.toByteArray());
    }

    /** The head of the next answer; its body is left to {@link #line}. */
    public Reply headOfReply() throws IOException {
        int status = Integer.parseInt(line().split(" ", 3)[1]);
        return new Reply(status, headers(), new byte[0]);
    }

    /** Reads this many bytes, or fewer at the end of the connection. Returns their number. */
    public int read(int bytes) throws IOException {
        return in.readNBytes(bytes).length;
    }

    /** The next line, without its end. */
    public String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the gateway hung up after '" + line.toString(StandardCharsets.UTF_8) + "'");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    /** Says nothing for that long; the gateway may neither say anything nor hang up. */
    public void staysQuietFor(Duration time) throws IOException {
        socket.setSoTimeout(Math.toIntExact(time.toMillis()));
        try {
            int next = in.read();
            throw new IOException(next < 0 ? "the gateway hung up" : "the gateway said something unasked");
        } catch (SocketTimeoutException e) {
            // as it should be
        } finally {
            socket.setSoTimeout(Math.toIntExact(TIMEOUT.toMillis()));
        }
    }

    /** The trailers of the last chunked body. */
    public Map<String, String> trailers() {
        return trailers;
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
        }
        return headers;
    }

    /**
     * The next chunk of a body, its bytes as characters; nothing after the last one. The line end of a chunk is left for the
     * next call: servers may send it together with what follows.
     */
    Optional<String> chunk() throws IOException {
        String size = line();
        if (size.isEmpty()) {
            size = line();
        }
        int bytes = Integer.parseInt(size.replaceAll(";.*", "").strip(), 16);
        if (bytes == 0) {
            trailers = headers();
            return Optional.empty();
        }
        return Optional.of(new String(in.readNBytes(bytes), StandardCharsets.ISO_8859_1));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
