package dev.retouch.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/** A {@link ByteRelay} in its own process, in front of the stub. */
final class RelayProcess implements AutoCloseable {

    private final Process process;
    private final URI base;

    RelayProcess(URI upstream) throws IOException {
        process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-Xmx64m", "-cp", System.getProperty("java.class.path"),
                ByteRelay.class.getName(), upstream.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        BufferedReader out = process.inputReader();
        base = URI.create("http://127.0.0.1:" + out.readLine().strip() + "/v1");
    }

    /** Its base URL, ending in {@code /v1}. */
    URI base() {
        return base;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroy();
    }
}
