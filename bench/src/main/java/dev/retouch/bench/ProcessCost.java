package dev.retouch.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a process has used since its start, as Linux counts it.
 *
 * @param millis processor time by kind of thread, in milliseconds
 * @param reads system calls that read, from files and sockets
 * @param writes system calls that write
 */
record ProcessCost(Map<Kind, Double> millis, long reads, long writes) {

    /** Linux reports processor time in hundredths of a second. */
    private static final double MILLIS_PER_TICK = 10;
    private static final Duration IDLE_CHECK = Duration.ofSeconds(1);
    private static final int MAX_CHECKS = 60;
    private static final double IDLE_MILLIS = 30;

    /** The kinds of threads of a gateway, by the beginnings of their names. */
    enum Kind {
        CARRIERS("ForkJoinPool", "http-", "VirtualThread"), SELECTORS("http", "upstream"), COMPILERS("C1 ",
                "C2 "), WRITER("database-writer"), CHECKPOINT("database-checkpo"), GC("VM Thread", "GC "), OTHER("");

        @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable
        private final List<String> beginnings;

        Kind(String... beginnings) {
            this.beginnings = List.of(beginnings);
        }

        static Kind of(String thread) {
            for (Kind kind : values()) {
                for (String beginning : kind.beginnings) {
                    if (thread.startsWith(beginning)) {
                        return kind;
                    }
                }
            }
            return OTHER;
        }
    }

    /** Reads the counters of a process; empty where the system has none. */
    static Optional<ProcessCost> of(long pid) {
        Path process = Path.of("/proc/" + pid);
        if (!Files.isReadable(process.resolve("io"))) {
            return Optional.empty();
        }
        Map<Kind, Double> millis = new EnumMap<>(Kind.class);
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            threads.forEach(thread -> addThread(thread, millis));
            return Optional.of(new ProcessCost(millis, counter(process, "syscr"), counter(process, "syscw")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addThread(Path thread, Map<Kind, Double> millis) {
        try {
            String stat = Files.readString(thread.resolve("stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            millis.merge(Kind.of(name), (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * MILLIS_PER_TICK,
                    Double::sum);
        } catch (IOException e) {
            // the thread ended
        }
    }

    private static long counter(Path process, String name) throws IOException {
        try (Stream<String> lines = Files.lines(process.resolve("io"))) {
            return lines.filter(line -> line.startsWith(name + ":")).findFirst()
                    .map(line -> Long.parseLong(line.substring(name.length() + 1).strip())).orElse(0L);
        }
    }

    /** What was used since an earlier reading; threads that ended in between are missing. */
    ProcessCost since(ProcessCost earlier) {
        Map<Kind, Double> used = new EnumMap<>(Kind.class);
        millis.forEach((kind, value) -> used.put(kind, Math.max(0, value - earlier.millis.getOrDefault(kind, 0.0))));
        return new ProcessCost(used, reads - earlier.reads, writes - earlier.writes);
    }

    /** The sum of two periods. */
    ProcessCost plus(ProcessCost other) {
        Map<Kind, Double> sum = new EnumMap<>(Kind.class);
        sum.putAll(millis);
        other.millis.forEach((kind, value) -> sum.merge(kind, value, Double::sum));
        return new ProcessCost(sum, reads + other.reads, writes + other.writes);
    }

    /** Waits until the JIT compilers of a process are idle, a minute at most. */
    static void awaitIdleCompilers(long pid) throws InterruptedException {
        double before = compilers(pid);
        for (int check = 0; check < MAX_CHECKS; check++) {
            Thread.sleep(IDLE_CHECK);
            double now = compilers(pid);
            if (now - before < IDLE_MILLIS) {
                return;
            }
            before = now;
        }
    }

    private static double compilers(long pid) {
        return of(pid).map(cost -> cost.millis.getOrDefault(Kind.COMPILERS, 0.0)).orElse(0.0);
    }
}
