package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a gateway of this process holds on to: temporary files, open files (also such as have no name any more), open handles of
 * any kind, threads of requests. Compared before and after something that must leave nothing behind.
 */
public final class ResourceSnapshot {

    private static final Path HANDLES = Path.of("/proc/self/fd");
    /** The sandbox draws text; the JDK opens each font once and keeps it open. */
    private static final Pattern FONTS = Pattern.compile("\\.(ttf|ttc|otf|pfb)$");
    /** Connections to the database are pooled, and opened when they are needed. */
    private static final Pattern DATABASE = Pattern.compile("/retouch\\.db(-wal|-shm)?$");
    /** The number of pooled connections to upstreams varies by this many. */
    private static final int SLACK = 4;

    private final RunningGateway gateway;
    private final List<String> temporaryFiles;
    private final List<String> handles;

    private ResourceSnapshot(RunningGateway gateway) {
        this.gateway = gateway;
        this.temporaryFiles = gateway.temporaryFiles();
        this.handles = openHandles();
    }

    /** What it holds now, while nothing is going on. */
    public static ResourceSnapshot of(RunningGateway gateway) {
        return new ResourceSnapshot(gateway);
    }

    /** Waits until it holds no more than that, and fails if that never happens. */
    public void assertNothingMore() {
        Awaitility.await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(50)).untilAsserted(() -> {
            assertThat(gateway.temporaryFiles()).as("temporary files").isEqualTo(temporaryFiles);
            assertThat(gateway.hostedFiles()).as("unfinished downloads").noneMatch(name -> name.startsWith("new-"));
            assertThat(openHandles()).as("open files").noneMatch(
                    target -> target.startsWith(gateway.dataDir().toString())
                            && !target.startsWith(gateway.dataDir() + "/retouch."));
            assertThat(requestThreads()).as("threads of requests").isEmpty();
            List<String> more = new ArrayList<>(openHandles());
            handles.forEach(more::remove);
            assertThat(openHandles()).as("open handles, of which are new: " + more)
                    .hasSizeLessThanOrEqualTo(handles.size() + SLACK);
            assertThat(gateway.sandbox().journal().inFlight()).as("calls to the upstream").isZero();
        });
    }

    private static List<String> openHandles() {
        try (Stream<Path> handles = Files.list(HANDLES)) {
            return handles.map(ResourceSnapshot::target)
                    .filter(target -> !target.isEmpty() && !FONTS.matcher(target).find()
                            && !DATABASE.matcher(target).find())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String target(Path handle) {
        try {
            return Files.readSymbolicLink(handle).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed since
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requests run on virtual threads, which only a dump knows. */
    private static List<String> requestThreads() {
        try {
            Path dump = Files.createTempDirectory("threads").resolve("threads.json");
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(dump.toString(),
                    ThreadDumpFormat.JSON);
            JsonNode tree = new ObjectMapper().readTree(Files.readAllBytes(dump));
            Files.delete(dump);
            Files.delete(dump.getParent());
            return tree.findValues("threads").stream().flatMap(JsonNode::valueStream)
                    .filter(thread -> thread.path("virtual").asBoolean())
                    .filter(thread -> thread.toString().contains("dev.retouch.server"))
                    .map(thread -> thread.path("name").asText() + " in "
                            + thread.path("stack").valueStream().map(JsonNode::asText)
                                    .filter(frame -> frame.startsWith("dev.retouch")).findFirst().orElse("?"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
