package dev.retouch.server.edit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class PromptRedactionTest {

    private static final String PROMPT = "A portrait of my neighbour Anna, holding a red umbrella";

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            Refused: A portrait of my neighbour Anna, holding a red umbrella. | Refused: [prompt].
            Refused: "A portrait of my neigh..."                              | Refused: "[prompt]..."
            Not: MY NEIGHBOUR ANNA, HOLDING / OF MY NEIGHBOUR                 | Not:[prompt]/[prompt]
            A portrait is not allowed                                        | A portrait is not allowed
            """)
    void removesWholeAndPartialRepetitions(String message, String expected) {
        assertThat(PromptRedaction.redact(message, PROMPT)).isEqualTo(expected);
    }

    @Test
    void removesAShortPromptAsAWhole() {
        assertThat(PromptRedaction.redact("'rose' is not allowed", "rose")).isEqualTo("'[prompt]' is not allowed");
        assertThat(PromptRedaction.redact("'rose' is not allowed", " ")).isEqualTo("'rose' is not allowed");
    }

    /** The lower case of this letter is two characters. */
    @Test
    void keepsNothingOfAMessageThatCannotBeCompared() {
        assertThat(PromptRedaction.redact("\u0130stanbul", PROMPT)).isEqualTo("[prompt]");
    }
}
