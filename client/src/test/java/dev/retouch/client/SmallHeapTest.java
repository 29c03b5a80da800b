package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/** What an edit costs in heap does not depend on its images: a client with 32 MB sends 192 and receives 48. */
@Timeout(120)
@Tag("slow")
class SmallHeapTest {

    private static final long IMAGE = 48L * 1024 * 1024;

    private final Path directory;
    private final AtomicLong receivedBytes = new AtomicLong();

    SmallHeapTest(@TempDir Path directory) {
        this.directory = directory;
    }

    @Test
    void largeImagesFlowThrough() throws IOException, InterruptedException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.start();
        try {
            List<String> command = new ArrayList<>(
                    List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx32m",
                            "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Edit.class.getName(),
                            "http://127.0.0.1:" + server.getAddress().getPort(), directory.toString()));
            for (int image = 1; image <= 4; image++) {
                command.add(SparseFiles.make(directory.resolve("image" + image + ".png"), IMAGE).toString());
            }
            Path output = directory.resolve("output.txt");
            Process client = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile())
                    .start();
            boolean ended = client.waitFor(90, TimeUnit.SECONDS);
            client.destroyForcibly();

            assertThat(Files.readString(output)).startsWith("saved " + IMAGE);
            assertThat(ended).isTrue();
            assertThat(receivedBytes.get()).isBetween(4 * IMAGE, 4 * IMAGE + 10_000);
        } finally {
            server.stop(0);
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange; InputStream body = exchange.getRequestBody()) {
            receivedBytes.addAndGet(body.transferTo(OutputStream.nullOutputStream()));
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 0);
            OutputStream out = exchange.getResponseBody();
            out.write("{\"created\":1,\"data\":[{\"b64_json\":\"".getBytes(StandardCharsets.US_ASCII));
            byte[] zeros = "A".repeat(64 * 1024).getBytes(StandardCharsets.US_ASCII);
            for (long left = IMAGE / 3 * 4; left > 0; left -= zeros.length) {
                out.write(zeros, 0, (int) Math.min(left, zeros.length));
            }
            out.write("\"}]}".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** The client's own process: address, directory for the results, images. */
    static final class Edit {

        private Edit() {}

        public static void main(String[] args) throws IOException {
            List<Path> images = new ArrayList<>();
            for (int image = 2; image < args.length; image++) {
                images.add(Path.of(args[image]));
            }
            try (RetouchClient retouch = RetouchClient.at(args[0]).withKey("key")) {
                EditedFiles edited = retouch.edit(ImageEdit.of(images).prompt("p"), Path.of(args[1]));
                System.out.println("saved " + Files.size(edited.files().get(0)));
            }
        }
    }
}
