package dev.retouch.contract.conformance;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.conformance.wire.Redaction;

import static org.assertj.core.api.Assertions.assertThat;

/** What a report must not show of a text, and what it may. */
class RedactionTest {

    private final Redaction redaction = new Redaction("sk-proj-Zx81bQw7Lr5Tn2Vk9Hd3");

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Bearer sk-proj-Zx81bQw7Lr5Tn2Vk9Hd3 | Bearer [key]
            it ends in Lr5Tn2Vk9Hd3.            | it ends in [key].
            begins with sk-proj-Zx81bQw7        | begins with sk-proj-[key]
            Incorrect key: sk-pr********9Hd3.   | Incorrect key: [key].
            Incorrect key: sk-proj-Zx8...       | Incorrect key: [key]
            sk-proj-… is how keys begin         | [key] is how keys begin
            c2stcHJvai1aeDgxYlF3N0xyNVRuMlZrOUhkMw== | [key]==
            a project, wait... and sk-proj-others    | a project, wait... and sk-proj-others
            /a?expires=9&signature=abcdefghijkl&x=1  | /a?expires=9&signature=abcdef…&x=1
            /a?X-Amz-Signature=0123456789            | /a?X-Amz-Signature=012345…
            /a?size=1024x1024&n=10                   | /a?size=1024x1024&n=10
            """)
    void takesKeysAndSignaturesOut(String text, String shown) {
        assertThat(redaction.of(text)).isEqualTo(shown);
    }

    /** An endpoint without authentication accepts any text as a key, and a common word must not damage the report. */
    @Test
    void redactsWordAsKeyOnlyAsAWholeWord() {
        assertThat(new Redaction("test").of("a test of the latest tests")).isEqualTo("a [key] of the latest tests");
        assertThat(new Redaction("a").ofDocument("<table>a</table>")).isEqualTo("<table>a</table>");
        assertThat(new Redaction("").of("nothing to hide")).isEqualTo("nothing to hide");
    }
}
