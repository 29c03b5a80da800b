package dev.retouch.bench;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A gateway process with a separate data folder and the stub as its upstream. */
final class GatewayProcess implements AutoCloseable {

    static final String KEY = "sk-of-the-bench-0123456789";

    private static final Pattern ADDRESS = Pattern.compile("Retouch is up +(http://\\S+)");
    private static final long START_MILLIS = 60_000;

    private final Path folder;
    private final Process process;
    private final URI base;

    GatewayProcess(Path launcher, URI upstream, String javaOptions, Map<String, String> more)
            throws IOException, InterruptedException {
        folder = Files.createTempDirectory("retouch-bench");
        Path out = folder.resolve("out.txt");
        ProcessBuilder builder = new ProcessBuilder(launcher.toAbsolutePath().toString(), "serve")
                .directory(folder.toFile())
                .redirectOutput(out.toFile()).redirectError(folder.resolve("err.txt").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("RETOUCH_") || name.startsWith("OTEL_"));
        builder.environment().put("RETOUCH_PORT", "0");
        builder.environment().put("RETOUCH_BOOTSTRAP_KEY", KEY);
        builder.environment().put("RETOUCH_HTTP_MAX_PERCENT_PER_KEY", "100");
        builder.environment().put("RETOUCH_UPSTREAM_URL", upstream.toString());
        builder.environment().put("RETOUCH_UPSTREAM_KEY", "sk-of-the-stub");
        builder.environment().put("RETOUCH_JAVA_OPTS", javaOptions);
        builder.environment().putAll(more);
        process = builder.start();
        base = URI.create(address(out) + "/v1");
    }

    private String address(Path out) throws IOException, InterruptedException {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(START_MILLIS);
        while (System.nanoTime() < until && process.isAlive()) {
            Matcher found = ADDRESS.matcher(Files.readString(out));
            if (found.find()) {
                return found.group(1);
            }
            Thread.sleep(50);
        }
        throw new IOException("the gateway did not start: " + Files.readString(folder.resolve("err.txt")));
    }

    /** Its base URL, ending in {@code /v1}. */
    URI base() {
        return base;
    }

    /** The processor time used so far. */
    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    long pid() {
        return process.pid();
    }

    /** The peak memory in megabytes, if the system reports it. */
    long peakMegabytes() throws IOException {
        Path status = Path.of("/proc/" + process.pid() + "/status");
        if (!Files.exists(status)) {
            return -1;
        }
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith("VmHWM")).findFirst()
                    .map(line -> Long.parseLong(line.replaceAll("\\D+", "")) / 1024).orElse(-1L);
        }
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(90, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
