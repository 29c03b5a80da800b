package dev.retouch.contract.denial;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel knows of a process. */
record ProcessProbe(long pid) {

    private static final int KILOBYTE = 1024;

    /** Open files, connections among them. */
    long handles() throws IOException {
        try (Stream<Path> handles = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return handles.count();
        }
    }

    /** Resident memory in bytes. */
    long memory() throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KILOBYTE).findFirst().orElseThrow();
    }
}
