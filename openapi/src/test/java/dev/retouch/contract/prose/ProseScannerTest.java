package dev.retouch.contract.prose;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ProseScannerTest {

    private static List<String> words(ProseScanner scanner, String text) {
        return DiscouragedWords.in(scanner.prose(text)).stream().map(Object::toString).toList();
    }

    @Test
    void readsOnlyCommentsOfJava() {
        assertThat(words(ProseScanner.JAVA, """
                /** Whoever calls {@code somebody} gets `nobody`. */
                class A {
                    String told = "told // told \\" told"; // our comment
                    String block = \"""
                            // we \\\""" /* us */
                            \""";
                    char quote = '"'; /* in vain */ int us;
                }
                """)).containsExactly("line 1: Whoever", "line 3: our", "line 7: in vain");
    }

    @Test
    void findsAPhraseThatContinuesInTheNextLineOfAComment() {
        assertThat(words(ProseScanner.JAVA, """
                /**
                 * Stops it for
                 * good.
                 */
                """)).containsExactly("line 2: for good");
        assertThat(words(ProseScanner.JAVA, "// side by\n    // side\n")).containsExactly("line 1: side by side");
    }

    @Test
    void skipsCodeOfMarkdown() {
        assertThat(words(ProseScanner.MARKDOWN, """
                The [guide](our/us.md) tells `nobody`.

                ```bash
                echo whoever
                ```
                We stop.
                """)).containsExactly("line 1: tells", "line 6: We");
    }

    @Test
    void readsAllOfYaml() {
        assertThat(words(ProseScanner.YAML, "# told\nkey: a `while` a while\n"))
                .containsExactly("line 1: told", "line 2: a while");
    }

    @ParameterizedTest
    @ValueSource(strings = {"US dollars", "use", "hour", "owe", "goods",
            "storyteller", "the one port", "one of two", "one image", "has been asked", "whomever", "untold",
            "we-hook"})
    void leavesOtherWordsAlone(String text) {
        assertThat(words(ProseScanner.MARKDOWN, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"one's key", "another one.", "the last ones", "this one is", "It went away", "takes up",
            "of its own", "Our"})
    void findsPronounsAndInflections(String text) {
        assertThat(words(ProseScanner.MARKDOWN, text)).hasSize(1);
    }
}
