package dev.retouch.server.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file of the repository, or a marked section of it, that a test writes. Compares it with the expected content, or writes it if
 * the system property {@code retouch.pages} is {@code write}.
 *
 * @param path the file, relative to the repository
 */
public record WrittenPage(String path) {

    /** The repository; the tests of a module run in the module's folder. */
    static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();

    private static final String COMMAND = "mvn -q verify -pl server -Dtest='dev.retouch.server.pages.*Test' "
            + "-Dsurefire.failIfNoSpecifiedTests=false -Dretouch.pages=write";

    /** Compares or writes the whole file. */
    public void is(String expected) throws IOException {
        if ("write".equals(System.getProperty("retouch.pages"))) {
            write(expected);
        } else {
            assertThat(text()).as("%s differs from its source; to write it: %s", path, COMMAND).isEqualTo(expected);
        }
    }

    /** Compares or writes what is between two lines, each of which occurs once. */
    public void hasBetween(String begin, String end, String expected) throws IOException {
        String text = text();
        is(text.substring(0, startOf(text, begin) + begin.length()) + "\n" + expected
                + text.substring(startOf(text, end)));
    }

    /** Returns what is between two lines, each of which occurs once. */
    String between(String begin, String end) throws IOException {
        String text = text();
        return text.substring(startOf(text, begin) + begin.length() + 1, startOf(text, end));
    }

    /** Replaces the file in one step, as other tests read it at the same time. */
    private void write(String text) throws IOException {
        Path written = Files.writeString(file().resolveSibling("." + file().getFileName() + ".written"), text);
        Files.move(written, file(), StandardCopyOption.ATOMIC_MOVE);
    }

    private int startOf(String text, String line) {
        assertThat(text).as("%s has the line %s", path, line).containsOnlyOnce(line + "\n");
        return text.indexOf(line + "\n");
    }

    private String text() throws IOException {
        try {
            return Files.readString(file());
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    private Path file() {
        return REPOSITORY.resolve(path);
    }
}
