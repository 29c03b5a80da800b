package dev.retouch.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Programs that compile against the published client compile against this client, unless its version announces the change. */
class PublishedApiTest {

    private static final Path BUILD = Path.of("target");
    private static final Path PUBLISHED = Path.of("published", "api.txt");
    private static final Pattern SEMANTIC = Pattern.compile("(\\d+)\\.(\\d+)\\.\\d+(-.+)?");

    private final String version = System.getProperty("retouch.version", "0.0.0");

    @Test
    void onlyAVersionThatSaysSoBreaksPrograms() throws IOException, ReflectiveOperationException {
        JavaApi current = JavaApi.of(BUILD.resolve("classes"), RetouchClient.class.getClassLoader());
        write("api.txt", "# " + version.replaceFirst("-.+", ""), current.lines());
        List<String> text = Files.readAllLines(PUBLISHED);
        JavaApi published = JavaApi.parse(text);
        List<String> gone = current.missing(published);
        List<String> added = published.missing(current);
        write("api-changes.md", "# The Java API since " + text.get(0).substring(2), report(gone, added));

        if (!mayBreak(version, text.get(0).substring(2))) {
            assertThat(gone).as("what programs compiled against client/published/api.txt miss in version %s; changed"
                    + " lines are in client/target/api-changes.md; take them back, or raise the version as"
                    + " CONTRIBUTING.md says", version).isEmpty();
        }
    }

    @Test
    void aMajorVersionMayBreakAndBelowOneAMinor() {
        assertThat(mayBreak("2.0.0", "1.4.0")).isTrue();
        assertThat(mayBreak("0.2.0-SNAPSHOT", "0.1.0")).isTrue();
        assertThat(mayBreak("0.1.1", "0.1.0")).isFalse();
        assertThat(mayBreak("1.5.0", "1.4.0")).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> mayBreak("one", "1.4.0"))
                .withMessage("'one' is not a version like 1.2.3");
    }

    @Test
    void everyKindOfDifferenceIsSeen() throws ReflectiveOperationException {
        JavaApi older = sample(Older.class);
        JavaApi newer = sample(Newer.class);
        assertThat(newer.missing(older)).containsExactly(
                "Sample protected void hidden()",
                "Sample public int narrowed(int)",
                "Sample public java.util.List<java.lang.String> generic()",
                "Sample public static final java.lang.String CONSTANT = a",
                "Sample public void throwing()",
                "Sample: public static class Sample");
        assertThat(older.missing(newer)).contains("Sample public void more()",
                "Sample: public static class Sample implements java.lang.AutoCloseable");
    }

    /** As if both had one name. */
    private static JavaApi sample(Class<?> type) throws ReflectiveOperationException {
        return new JavaApi(JavaApi.of(type).stream().map(line -> line.replace(type.getTypeName(), "Sample"))
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static boolean mayBreak(String version, String older) {
        MatchResult now = parts(version);
        MatchResult then = parts(older);
        int majors = Integer.compare(part(now, 1), part(then, 1));
        return majors > 0 || (majors == 0 && part(now, 1) == 0 && part(now, 2) > part(then, 2));
    }

    private static int part(MatchResult version, int group) {
        return Integer.parseInt(version.group(group));
    }

    private static MatchResult parts(String version) {
        Matcher matcher = SEMANTIC.matcher(version);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + version + "' is not a version like 1.2.3");
        }
        return matcher;
    }

    private static List<String> report(List<String> gone, List<String> added) {
        List<String> text = new ArrayList<>();
        section(text, "Gone or changed, which breaks programs", gone);
        section(text, "New", added);
        return text.isEmpty() ? List.of("", "Nothing.") : text;
    }

    private static void section(List<String> text, String title, List<String> lines) {
        if (!lines.isEmpty()) {
            text.addAll(List.of("", "## " + title, ""));
            lines.forEach(line -> text.add("- `" + line + "`"));
        }
    }

    private static void write(String file, String first, Iterable<String> lines) throws IOException {
        List<String> all = new ArrayList<>(List.of(first));
        lines.forEach(all::add);
        Files.write(BUILD.resolve(file), all);
    }

    /** A class as it was. */
    @SuppressWarnings("unused")
    public static class Older {

        public static final String CONSTANT = "a";

        public int narrowed(int value) {
            return value;
        }

        public List<String> generic() {
            return List.of();
        }

        public void throwing() {}

        protected void hidden() {}

        public void more(int value) {}

        void secret() {}
    }

    /** The class as it became. */
    @SuppressWarnings("unused")
    public static class Newer implements AutoCloseable {

        public static final String CONSTANT = "b";

        public int narrowed(short value) {
            return value;
        }

        public List<Object> generic() {
            return List.of();
        }

        public void throwing() throws IOException {}

        void hidden() {}

        public void more(int value) {}

        public synchronized void more() {}

        @Override
        public void close() {}
    }
}
