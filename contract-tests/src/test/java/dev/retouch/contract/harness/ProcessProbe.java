package dev.retouch.contract.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel and the JVM know of a process. */
public record ProcessProbe(long pid) {

    private static final int KILOBYTE = 1024;
    /** In a line of a generation: {@code Tenured total 87424K, used 20480K}. */
    private static final Pattern USED = Pattern.compile(" total \\d+K, used (\\d+)K");

    /** Open files, connections among them. */
    public long handles() throws IOException {
        try (Stream<Path> handles = Files.list(Path.of("/proc", Long.toString(pid), "fd"))) {
            return handles.count();
        }
    }

    /** Bytes of the heap that are in use after a garbage collection. */
    public long usedHeap() throws IOException {
        command("GC.run");
        return USED.matcher(command("GC.heap_info")).results()
                .mapToLong(used -> Long.parseLong(used.group(1)) * KILOBYTE)
                .sum();
    }

    private String command(String name) throws IOException {
        Process command = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid), name).redirectErrorStream(true).start();
        return new String(command.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Resident memory in bytes. */
    public long memory() throws IOException {
        return status("VmRSS") * KILOBYTE;
    }

    /** Threads of the operating system. */
    public long threads() throws IOException {
        return status("Threads");
    }

    private long status(String name) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith(name + ":"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
