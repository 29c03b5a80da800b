package dev.retouch.contract.coverage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What all processes of a run have seen.
 *
 * @param items the document's words, each with a test that used it
 * @param exceptions what was allowed all the same, each with a test that did it
 * @param counts of exchanges
 * @param violations what was not as the document has it
 */
record Seen(Map<String, String> items, Map<String, String> exceptions, Map<String, Long> counts,
        List<String> violations) {

    /** Where the processes left it. */
    static final Path FOLDER = Path.of("target", "found", "coverage");

    Seen {
        items = Map.copyOf(items);
        exceptions = Map.copyOf(exceptions);
        counts = Map.copyOf(counts);
        violations = List.copyOf(violations);
    }

    /** Puts together what each of them left. */
    static Seen read(Path folder) throws IOException {
        Map<String, String> items = new TreeMap<>();
        Map<String, String> exceptions = new TreeMap<>();
        Map<String, Long> counts = new TreeMap<>();
        List<String> violations = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                JsonNode part = new ObjectMapper().readTree(file.toFile());
                part.path("items").properties()
                        .forEach(item -> items.putIfAbsent(item.getKey(), item.getValue().asText()));
                part.path("exceptions").properties()
                        .forEach(item -> exceptions.putIfAbsent(item.getKey(), item.getValue().asText()));
                part.path("counts").properties()
                        .forEach(count -> counts.merge(count.getKey(), count.getValue().asLong(), Long::sum));
                part.path("violations").forEach(violation -> violations.add(violation.asText()));
            }
        }
        return new Seen(items, exceptions, counts, violations);
    }
}
