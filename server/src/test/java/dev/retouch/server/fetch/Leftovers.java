package dev.retouch.server.fetch;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a transfer may leave behind when it is over: nothing.
 *
 * @param folder where the spool keeps its files
 * @param dumps where lists of threads may be written
 * @param host the other side of the connections
 */
record Leftovers(Path folder, Path dumps, PictureHost host) {

    /** The connections are seen to close by the other side, a moment later; files and threads are gone at once. */
    void assertNone() throws IOException {
        assertThat(folder).isEmptyDirectory();
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            assertThat(descriptors.map(Leftovers::target)).noneMatch(target -> target.startsWith(folder + "/"));
        }
        assertThat(threads()).doesNotContain("image-fetch-");
        long timeout = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (host.connections() > 0) {
            assertThat(System.nanoTime()).as("left: %s connections", host.connections()).isLessThan(timeout);
            Thread.onSpinWait();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException e) {
            return ""; // closed since it was listed
        }
    }

    private String threads() throws IOException {
        Path dump = dumps.resolve("threads-" + System.nanoTime() + ".json");
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpThreads(dump.toString(),
                ThreadDumpFormat.JSON);
        return Files.readString(dump);
    }
}
