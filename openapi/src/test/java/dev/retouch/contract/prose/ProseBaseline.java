package dev.retouch.contract.prose;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import dev.retouch.contract.prose.DiscouragedWords.Occurrence;

/**
 * Numbers of discouraged words per file, by the file's path below the checkout. Files without any are not listed.
 */
record ProseBaseline(Map<String, Integer> counts) {

    private static final Set<String> SKIPPED_FOLDERS = Set.of("target", "published", "node_modules");

    ProseBaseline {
        counts = new TreeMap<>(counts);
    }

    /** Reads the lines {@code <count> <path>}. */
    static ProseBaseline read(Path file) throws IOException {
        return new ProseBaseline(Files.readAllLines(file).stream().filter(line -> !line.startsWith("#"))
                .map(line -> line.split(" ", 2))
                .collect(Collectors.toMap(parts -> parts[1], parts -> Integer.valueOf(parts[0]))));
    }

    /** Counts the occurrences per file. */
    static ProseBaseline of(Map<String, List<Occurrence>> occurrences) {
        return new ProseBaseline(occurrences.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, file -> file.getValue().size())));
    }

    void write(Path file) throws IOException {
        Files.writeString(file, "# Discouraged words per file. Written by: mvn test -pl openapi -Dtest=ProseTest"
                + " -Dprose.baseline=write\n" + counts.entrySet().stream()
                        .map(entry -> entry.getValue() + " " + entry.getKey() + "\n").collect(Collectors.joining()));
    }

    int allowed(String file) {
        return counts.getOrDefault(file, 0);
    }

    /** Finds the occurrences in all files of a checkout. Folders of builds, of published versions and hidden ones are skipped. */
    static Map<String, List<Occurrence>> occurrences(Path checkout) throws IOException {
        Map<String, List<Occurrence>> found = new TreeMap<>();
        Files.walkFileTree(checkout, new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                String name = String.valueOf(folder.getFileName());
                boolean skipped = !folder.equals(checkout) && (SKIPPED_FOLDERS.contains(name) || name.startsWith("."));
                return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Optional<ProseScanner> scanner = ProseScanner.of(String.valueOf(file.getFileName()));
                if (scanner.isPresent()) {
                    List<Occurrence> words = DiscouragedWords.in(scanner.get().prose(Files.readString(file)));
                    if (!words.isEmpty()) {
                        found.put(checkout.relativize(file).toString().replace('\\', '/'), words);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return found;
    }
}
