package dev.retouch.server.moderation;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Rules from a real file. */
class LocalRulesTest {

    private final Path folder;

    LocalRulesTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private LocalRules rules(String text) throws IOException {
        return LocalRules.of(SettingsFile.read(Files.writeString(folder.resolve("rules.yaml"), text)));
    }

    private ImageBytes image(byte[] bytes) throws IOException {
        Spool.Writer writer = new Spool(folder.resolve("spool"), 1000).newWriter();
        writer.write(bytes);
        return writer.finish();
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void everySectionMayBeLeftOutOrEmpty() throws IOException {
        for (String text : new String[]{"", "words:", "words: []\npatterns:\nimages: []", "# nothing\n"}) {
            assertThat(rules(text).categoriesOf("anything")).as(text).isEmpty();
        }
    }

    @Test
    void entryHasOwnOrSectionCategory() throws IOException {
        LocalRules rules = rules("""
                words:
                  - gun
                  - {text: "hard kill", category: violence}
                patterns:
                  - 'b[o0]mb'
                  - pattern: 'kn[i1]fe'
                    category: weapons
                """);
        assertThat(rules.categoriesOf("a gun and a b0mb")).containsExactly("patterns", "words");
        assertThat(rules.categoriesOf("hard kill, kn1fe")).containsExactly("violence", "weapons");
        assertThat(rules.categoriesOf("a rose")).isEmpty();
    }

    @Test
    void patternsIgnoreCaseByDefault() throws IOException {
        LocalRules rules = rules("patterns: ['b[o0]mb', '(?-i)XYZ']");
        assertThat(rules.categoriesOf("a B0MB")).isNotEmpty();
        assertThat(rules.categoriesOf("XYZ")).isNotEmpty();
        assertThat(rules.categoriesOf("xyz")).isEmpty();
    }

    /** In the middle of words too, and through what hides them. */
    @ParameterizedTest
    @CsvSource({"carbombs", "b\u200Bomb", "\uFF22\uFF2F\uFF2D\uFF22", "bo\u00ADmb"})
    void patternsLookThroughDisguises(String prompt) throws IOException {
        assertThat(rules("patterns: [bomb]").categoriesOf(prompt)).containsExactly("patterns");
    }

    /** Other engines would not come back from this one. */
    @Test
    @Timeout(30)
    void noPatternHangs() throws IOException {
        assertThat(rules("patterns: ['(a+)+$', '(a|aa)+!']").categoriesOf("a".repeat(32_000) + "b")).isEmpty();
    }

    /** RE2/J would write these out until no memory is left. */
    @ParameterizedTest
    @ValueSource(strings = {"((a{1000}){1000}){1000}", "(a{1,1000}){1,1000}", "((a{100,}){100}){10}b",
            "(?:[()]{100}){51}x",
            "(\\p{L}{100}\\Q)\\E){51}", "([[:alpha:]\\]]{1000}){6}", "(\\Qabc\\E{100}){50}"})
    @Timeout(30)
    void aPatternThatIsTooLargeIsRefused(String pattern) {
        assertThatThrownBy(() -> rules("patterns: ['" + pattern + "']")).isInstanceOf(ConfigurationException.class)
                .hasMessageEndingWith(":1: a pattern may have 2000 characters, and 5000 steps when its repetitions are "
                        + "written out");
        assertThatThrownBy(() -> rules("patterns: ['" + "(".repeat(1500) + "a" + ")".repeat(1500) + "']"))
                .isInstanceOf(ConfigurationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x.{0,500}y.{0,500}z", "(ab){1000}|x.*y.*z", "\\{900}{2}x.*y.*z|x.{3}.*z",
            "[{9}{999}]?x.*z",
            "[](]{1}|x"})
    void alsoALongPatternIsAPattern(String pattern) throws IOException {
        assertThat(rules("patterns: ['" + pattern + "']").categoriesOf("x 1 y 2 z")).containsExactly("patterns");
    }

    @ParameterizedTest
    @CsvSource({"10", "100000"})
    void anImageIsKnownByItsHash(int size) throws Exception {
        byte[] known = new byte[size];
        byte[] other = new byte[size + 1];
        LocalRules rules = rules("images:\n  - " + sha256(known).toUpperCase(Locale.ROOT) + "\n  - {sha256: " + sha256(
                known) + ", category: logo}\n");
        try (ImageBytes image = image(known); ImageBytes unknown = image(other)) {
            assertThat(rules.categoriesOf(image)).containsExactly("images", "logo");
            assertThat(rules.categoriesOf(image)).as("read again").hasSize(2);
            assertThat(rules.categoriesOf(unknown)).isEmpty();
            assertThat(LocalRules.none().categoriesOf(image)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "word: [x]|:1: unknown key 'word'. Did you mean 'words'?",
            "words: []\\ncolours: []|:2: unknown key 'colours'. Known are: images, patterns, words.",
            "words: gun|:1: 'words' is a list", "images: {a: b}|:1: 'images' is a list",
            "words:\\n- gun\\n- 12|:3: an entry of 'words' must be a text; write it in quotes",
            "words:\\n- gun\\n- true|:3: an entry of 'words' must be a text; write it in quotes",
            "words:\\n- gun\\n-|:3: a word must have at least one visible character",
            "words:\\n- gun\\n- [x]|:3: an entry of 'words' must be a text; write it in quotes",
            "words:\\n- gun\\n- text: x\\n  categry: y|:4: unknown key 'categry'. Did you mean 'category'?",
            "words:\\n- gun\\n- pattern: x|:3: unknown key 'pattern'. Known are: category, text.",
            "words:\\n- gun\\n- category: y|:3: an entry of 'words' has no 'text'",
            "words:\\n- text: x\\n  category: 7|:3: 'category' must be a text; write it in quotes",
            "words:\\n- text: x\\n  category: ' '|:3: 'category' must be 1 to 100 visible characters in one line",
            "words:\\n- ' '|:2: a word must have at least one visible character",
            "words:\\n- gun\\n- ''|:3: a word must have at least one visible character",
            "patterns:\\n- ok\\n- '(x'|:3: '(x' is not a pattern of RE2: missing closing )",
            "patterns:\\n- '(?<!a)b'|:2: '(?<!a)b' is not a pattern of RE2: invalid named capture",
            "patterns:\\n- 'a*'|:2: the pattern 'a*' finds even nothing at all, and so every prompt",
            "images:\\n- abc|:2: 'abc' is not a SHA-256: it has 64 hexadecimal digits",
            "images:\\n- sha256: 'zz'|:2: 'zz' is not a SHA-256: it has 64 hexadecimal digits",
            "words: [x]\\nwords: [y]|:2: Duplicate field 'words'",
            "- x|:1: expected settings as 'key: value', but found"})
    void mistakesAreReportedWithTheirLine(String text, String told) {
        assertThatThrownBy(() -> rules(text.replace("\\n", "\n"))).isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(folder.resolve("rules.yaml") + told);
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing.yaml");
        assertThatThrownBy(() -> SettingsFile.read(missing)).isInstanceOf(ConfigurationException.class)
                .hasMessage(missing + ": there is no such file");
    }

    @Test
    void textIsUtf8() throws IOException {
        Path file = Files.write(folder.resolve("utf8.yaml"), "words: [色情]".getBytes(StandardCharsets.UTF_8));
        assertThat(LocalRules.of(SettingsFile.read(file)).categoriesOf("色情")).containsExactly("words");
    }
}
