package dev.retouch.bench;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A client with a single persistent connection, as cheap as possible, because it runs on the measured machine. */
final class Wire implements AutoCloseable {

    private static final byte[] STAMP = "\"sent_at\":".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final byte[] buffer = new byte[64 * 1024];

    Wire(URI base) throws IOException {
        socket = new Socket(base.getHost(), base.getPort());
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), 64 * 1024);
    }

    /** An edit, byte for byte. */
    static byte[] edit(URI base, String key, byte[] image, boolean streamed) {
        String boundary = "----bench";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, boundary, "model", "gpt-image-2");
        field(body, boundary, "prompt", "a red balloon");
        field(body, boundary, "size", "1024x1024");
        field(body, boundary, "quality", "low");
        if (streamed) {
            field(body, boundary, "stream", "true");
            field(body, boundary, "partial_images", "1");
        }
        ascii(body, "--" + boundary + "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n");
        body.writeBytes(image);
        ascii(body, "\r\n--" + boundary + "--\r\n");
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        ascii(request, "POST " + base.getPath() + "/images/edits HTTP/1.1\r\nHost: " + base.getAuthority()
                + "\r\nAuthorization: Bearer " + key + "\r\nContent-Type: multipart/form-data; boundary=" + boundary
                + "\r\nContent-Length: " + body.size() + "\r\n\r\n");
        request.writeBytes(body.toByteArray());
        return request.toByteArray();
    }

    private static void field(ByteArrayOutputStream body, String boundary, String name, String value) {
        ascii(body, "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
                + "\r\n");
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends an edit and reads the whole response, which must be successful. */
    void edit(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        long length = head();
        if (length >= 0) {
            read(length);
        } else {
            for (long chunk = chunk(); chunk > 0; chunk = chunk()) {
                read(chunk);
            }
        }
    }

    /** Sends an edit and returns the latency of the first event in nanoseconds, from sending it to receiving all of it. */
    long firstEvent(byte[] request) throws IOException {
        socket.getOutputStream().write(request);
        head();
        ByteArrayOutputStream event = new ByteArrayOutputStream();
        long arrived = 0;
        long sent = 0;
        for (long chunk = chunk(); chunk > 0; chunk = chunk()) {
            if (arrived > 0) {
                read(chunk);
                continue;
            }
            event.writeBytes(in.readNBytes(Math.toIntExact(chunk)));
            byte[] text = event.toByteArray();
            int end = endOfEvent(text);
            if (end > 0) {
                arrived = System.nanoTime();
                sent = sentAt(text);
            }
        }
        return arrived - sent;
    }

    /** Returns the end of the first event with data. */
    private static int endOfEvent(byte[] text) {
        int data = indexOf(text, STAMP);
        for (int i = text.length - 1; data >= 0 && i > data; i--) {
            if (text[i] == '\n' && text[i - 1] == '\n') {
                return i;
            }
        }
        return -1;
    }

    private static long sentAt(byte[] text) {
        int from = indexOf(text, STAMP) + STAMP.length;
        long value = 0;
        for (int i = from; text[i] >= '0' && text[i] <= '9'; i++) {
            value = value * 10 + text[i] - '0';
        }
        return value;
    }

    private static int indexOf(byte[] text, byte[] word) {
        for (int i = 0; i + word.length <= text.length; i++) {
            int same = 0;
            while (same < word.length && text[i + same] == word[same]) {
                same++;
            }
            if (same == word.length) {
                return i;
            }
        }
        return -1;
    }

    /** Returns the content length, or -1 for a chunked body. */
    private long head() throws IOException {
        String status = line();
        if (!status.startsWith("HTTP/1.1 200")) {
            throw new IOException("not a success: " + status);
        }
        long length = -1;
        for (String line = line(); !line.isEmpty(); line = line()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Long.parseLong(line.substring(15).strip());
            }
        }
        return length;
    }

    private long chunk() throws IOException {
        String size = line();
        long chunk = Long.parseLong(size.isEmpty() ? line() : size, 16);
        if (chunk == 0) {
            String trailer = line();
            while (!trailer.isEmpty()) {
                trailer = line();
            }
        }
        return chunk;
    }

    private void read(long length) throws IOException {
        for (long left = length; left > 0;) {
            int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
            if (count < 0) {
                throw new EOFException();
            }
            left -= count;
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException();
            }
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
