package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Connections of this machine as its kernel lists them, of whatever process they are. */
public final class Connections {

    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));
    /** Established; and left by the other side, but not yet by this one, which is the state of a leaked connection. */
    private static final Set<String> HELD = Set.of("01", "08");
    private static final int REMOTE_ADDRESS = 2;
    private static final int STATE = 3;

    private Connections() {}

    /** The number of client connections to a port. */
    public static long openTo(int port) {
        String ending = String.format(Locale.ROOT, ":%04X", port);
        return TABLES.stream().filter(Files::exists).flatMap(Connections::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> fields[REMOTE_ADDRESS].endsWith(ending) && HELD.contains(fields[STATE])).count();
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
