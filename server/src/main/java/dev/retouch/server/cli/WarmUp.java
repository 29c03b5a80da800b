package dev.retouch.server.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

/**
 * Runs edits of all kinds through a temporary gateway with a stub upstream, so that the first edits of clients do not wait for the JIT
 * compiler. The build trains the cache of the launcher with it. Nothing of the real gateway is used: no data, no upstream, no money.
 */
final class WarmUp {

    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(WarmUp.class);
    private static final String KEY = "sk-warm-up-0123456789";
    private static final String BOUNDARY = "----warm-up";
    private static final int SMALL = 10 * 1024;
    private static final int LARGE = 1024 * 1024;
    private static final int CLIENTS = 4;
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int SMALL_FOR_EACH_LARGE = 8;

    private WarmUp() {}

    /**
     * Starts the temporary gateway and runs edits. A failure is logged and ends the warm-up, not the program.
     *
     * @param time how long both may take together, so that a start takes no longer on a slow machine
     * @return the number of edits that were answered
     */
    static int run(Duration time) {
        if (time.isZero()) {
            return 0;
        }
        long end = System.nanoTime() + time.toNanos();
        Map<Logger, Level> levels = levels();
        levels.keySet().forEach(logger -> logger.setLevel(Level.OFF)); // these edits are not a client's
        try {
            return edits(end);
        } catch (IOException | RuntimeException e) {
            levels.forEach(Logger::setLevel);
            LOG.warn("warm-up failed", e);
            return 0;
        } finally {
            levels.forEach(Logger::setLevel);
        }
    }

    /** The loggers that have a level, with their levels. */
    private static Map<Logger, Level> levels() {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        return context.getLoggerList().stream().filter(logger -> logger.getLevel() != null)
                .collect(Collectors.toMap(Function.identity(), Logger::getLevel));
    }

    private static int edits(long end) throws IOException {
        Path folder = Files.createTempDirectory("retouch-warm-up");
        try (StubUpstream upstream = new StubUpstream(WarmUpImage.ofSize(SMALL), WarmUpImage.ofSize(LARGE));
                Gateway gateway = Gateway.start(new ConfigurationLoader(settings(folder, upstream.base()))
                        .load(Optional.empty()), Map.of(), Clock.systemUTC())) {
            return send(gateway.address(), end);
        } finally {
            delete(folder);
        }
    }

    private static Map<String, String> settings(Path folder, URI upstream) {
        return Map.of("RETOUCH_HOST", "127.0.0.1", "RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", folder.toString(),
                "RETOUCH_BOOTSTRAP_KEY", KEY, "RETOUCH_SANDBOX_ENABLED", "false", "RETOUCH_UPSTREAM_URL",
                upstream.toString(), "RETOUCH_UPSTREAM_KEY", KEY, "RETOUCH_HTTP_MAX_IMAGE_MEMORY", "4MB");
    }

    private static int send(URI gateway, long end) {
        List<byte[]> small = List.of(form(gateway, WarmUpImage.ofSize(SMALL), false),
                form(gateway, WarmUpImage.ofSize(SMALL), true), json(gateway, WarmUpImage.ofSize(SMALL)));
        List<byte[]> large = List.of(form(gateway, WarmUpImage.ofSize(LARGE), false),
                form(gateway, WarmUpImage.ofSize(LARGE), true));
        AtomicInteger answered = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(CLIENTS);
        for (int client = 0; client < CLIENTS; client++) {
            Thread.ofVirtual().name("warm-up-client").start(() -> {
                for (int round = 0; System.nanoTime() < end; round++) {
                    answered.addAndGet(exchange(gateway, large.get(round % large.size())));
                    for (int number = 0; number < SMALL_FOR_EACH_LARGE && System.nanoTime() < end; number++) {
                        answered.addAndGet(exchange(gateway, small.get(number % small.size())));
                    }
                }
                done.countDown();
            });
        }
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return answered.get();
    }

    /** Sends a request and reads its response to the end of the connection; 1 if it was a success. */
    private static int exchange(URI gateway, byte[] request) {
        try (Socket socket = new Socket(gateway.getHost(), gateway.getPort())) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request);
            byte[] status = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return new String(status, StandardCharsets.US_ASCII).endsWith("200") ? 1 : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static byte[] form(URI gateway, byte[] image, boolean streamed) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        field(body, "model", "gpt-image-2");
        field(body, "prompt", "a red balloon");
        field(body, "size", "1024x1024");
        field(body, "quality", "low");
        if (streamed) {
            field(body, "stream", "true");
            field(body, "partial_images", "1");
        }
        ascii(body, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"image\"; filename=\"image.png\"\r\n"
                + "Content-Type: image/png\r\n\r\n");
        body.writeBytes(image);
        ascii(body, "\r\n--" + BOUNDARY + "--\r\n");
        return request(gateway, "multipart/form-data; boundary=" + BOUNDARY, body.toByteArray());
    }

    private static byte[] json(URI gateway, byte[] image) {
        String body = "{\"model\":\"gpt-image-2\",\"prompt\":\"a red balloon\",\"size\":\"1024x1024\",\"images\":"
                + "[{\"image_url\":\"data:image/png;base64," + Base64.getEncoder().encodeToString(image) + "\"}]}";
        return request(gateway, "application/json", body.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] request(URI gateway, String type, byte[] body) {
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        ascii(request,
                "POST /v1/images/edits HTTP/1.1\r\nHost: " + gateway.getAuthority() + "\r\nAuthorization: Bearer "
                        + KEY + "\r\nConnection: close\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length
                        + "\r\n\r\n");
        request.writeBytes(body);
        return request.toByteArray();
    }

    private static void field(ByteArrayOutputStream body, String name, String value) {
        ascii(body, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
                + "\r\n");
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
