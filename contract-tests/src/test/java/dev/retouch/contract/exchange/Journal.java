package dev.retouch.contract.exchange;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;

/** What one process has seen, in memory and as a file for the report. For one thread. */
final class Journal {

    /** Where the report looks for it. */
    static final Path FOLDER = Path.of("target", "found", "coverage");

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_VIOLATIONS = 200;

    private final String name = "seen-" + ProcessHandle.current().pid() + "-"
            + ProcessHandle.current().info().startInstant().map(start -> start.toEpochMilli()).orElse(0L) + ".json";
    private final Map<String, String> items = new TreeMap<>();
    private final Map<String, String> exceptions = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private @Nullable Verifier verifier;
    private @Nullable Sightings sightings;
    private @Nullable Exceptions allowed;

    /** Looks at an exchange and says what is wrong with it. */
    List<Finding> add(Exchange exchange) {
        prepare();
        count("exchanges");
        if (exchange.request().isTooLong() || exchange.answer().isTooLong()) {
            count("with a body too large to look into");
        }
        if (!exchange.answer().ended()) {
            count("cut off");
        }
        if (verifier == null || sightings == null || allowed == null) {
            return List.of();
        }
        if (exchange.during().chosen()) {
            sightings.in(exchange).forEach(item -> items.putIfAbsent(item, exchange.during().name()));
        }
        List<Finding> found = new ArrayList<>();
        for (Finding finding : verifier.findings(exchange)) {
            allowed.of(finding).ifPresentOrElse(
                    exception -> exceptions.putIfAbsent(exception, exchange.during().name()),
                    () -> found.add(finding));
        }
        found.stream().limit(MAX_VIOLATIONS - (long) violations.size()).forEach(
                finding -> violations.add(finding + " (during " + exchange.during().name() + ")"));
        return found;
    }

    private void prepare() {
        if (verifier == null) {
            Document document = new Document();
            verifier = new Verifier(document);
            sightings = new Sightings(document);
            allowed = new Exceptions();
        }
    }

    void passedOver() {
        count("passed over, because too much was waiting");
    }

    private void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }

    /** Writes the file anew. */
    void write() {
        try {
            Files.createDirectories(FOLDER);
            Path file = FOLDER.resolve(name + ".new");
            JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), Map.of("items", items, "exceptions",
                    exceptions, "counts", counts, "violations", violations));
            Files.move(file, FOLDER.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
