package dev.retouch.server.price;

import java.util.Random;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares the counts with those of another implementation of the same encoding. */
class TokenCounterTest {

    private static final Encoding OTHER = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final TokenCounter COUNTER = new TokenCounter(
            TokenVocabulary.read("/com/knuddels/jtokkit/o200k_base.tiktoken"));
    private static final String[] SAMPLES = {"a red balloon", " The", "café", "naïve", "E=mc²", "\r\n\r\n", "   ", "\t",
            "don't", "WE'LL", "123456", "½", "東京の夜", "Привет, мир", "مرحبا", "😀👩‍👩‍👧", "é", "<|endoftext|>", "/*/",
            "...", "ǅ",
            "ʰ", "\u2028", "\u0085", "\u00a0", "\ud83d", "x", "HTTPServer", "_snake_case", "https://example.com/a?b=c"};

    private static void assertSame(String text) {
        assertThat(COUNTER.count(text)).as(text).isEqualTo(OTHER.countTokensOrdinary(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a", "a red balloon over a lake at dawn, 35mm",
            "supercalifragilisticexpialidocious",
            "I'll say: \"we've seen it's DON'T\"", "<|endoftext|> is text here", "12345678901",
            "  two  spaces \n\n three"})
    void countsAsTheOtherImplementation(String text) {
        assertSame(text);
    }

    @Test
    void countsMixedTextsAlike() {
        Random random = new Random(11);
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int part = random.nextInt(30); part >= 0; part--) {
                text.append(SAMPLES[random.nextInt(SAMPLES.length)]);
                if (random.nextInt(3) == 0) {
                    text.append(' ');
                }
            }
            assertSame(text.toString());
        }
    }

    @Test
    void countsRandomCharactersAlike() {
        Random random = new Random(12);
        for (int round = 0; round < 2_000; round++) {
            int range = random.nextBoolean() ? 0x250 : 0xD7FF;
            assertSame(random.ints(random.nextInt(60), 1, range).collect(StringBuilder::new,
                    StringBuilder::appendCodePoint, StringBuilder::append).toString());
        }
    }

    /** A piece without any border, as long as the longest prompt. */
    @Test
    void countsALongPieceAlike() {
        Random random = new Random(13);
        StringBuilder letters = new StringBuilder();
        for (int index = 0; index < 32_000; index++) {
            letters.append((char) ('a' + random.nextInt(4)));
        }
        assertSame(letters.toString());
        assertSame("=".repeat(32_000));
    }
}
