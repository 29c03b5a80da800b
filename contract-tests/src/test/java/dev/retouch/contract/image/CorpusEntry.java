package dev.retouch.contract.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/**
 * A line of the corpus.
 *
 * @param file name of the file; masks begin with {@code mask-}
 * @param verdict the displayed size, or {@code refused:} and words of the message
 * @param decoderReads whether a decoder reads the file without an exception
 * @param reason the section of the page that has the source of a refusal; may be empty
 * @param provenance what makes the file
 */
record CorpusEntry(String file, String verdict, boolean decoderReads, String reason, String provenance) {

    private static final String REFUSED = "refused: ";
    private static final int COLUMNS = 5;

    /** All lines. */
    static List<CorpusEntry> all() {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(CorpusEntry.class.getResourceAsStream("corpus.csv")), StandardCharsets.UTF_8))) {
            return lines.lines().filter(line -> !line.startsWith("#") && !line.isBlank()).map(CorpusEntry::of).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static CorpusEntry of(String line) {
        String[] columns = line.split(";", COLUMNS);
        if (columns.length < COLUMNS || columns[4].isBlank()) {
            throw new IllegalStateException("not a line of the corpus: " + line);
        }
        return new CorpusEntry(columns[0].strip(), columns[1].strip(), columns[2].strip().equals("reads"),
                columns[3].strip(), columns[4].strip());
    }

    boolean isMask() {
        return file.startsWith("mask-");
    }

    boolean isRefused() {
        return verdict.startsWith(REFUSED);
    }

    /** Words of the message of a refusal. */
    String words() {
        return verdict.substring(REFUSED.length());
    }

    int width() {
        return Integer.parseInt(verdict.substring(0, verdict.indexOf('x')));
    }

    int height() {
        return Integer.parseInt(verdict.substring(verdict.indexOf('x') + 1));
    }

    String mediaType() {
        String ending = file.substring(file.lastIndexOf('.') + 1);
        return "image/" + (ending.equals("jpg") ? "jpeg" : ending);
    }
}
