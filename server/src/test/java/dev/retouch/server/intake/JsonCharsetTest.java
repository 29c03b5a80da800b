package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;

/** JSON arrives in UTF-8, whatever charset it was written in. */
class JsonCharsetTest {

    /** Longer than a block, with a pair of surrogates at every place of its border. */
    private static final String LONG = "{\"prompt\": \"Größe " + "🖼".repeat(9000) + "\"}";

    private static byte[] utf8(byte[] body, @Nullable String declared) throws IOException {
        return JsonCharset.utf8(new ByteArrayInputStream(body), declared).readAllBytes();
    }

    @ParameterizedTest
    @CsvSource({"UTF-16LE,", "UTF-16BE,", "UTF-16,", "UTF-32LE,", "UTF-32BE,", "UTF-8,", "UTF-8,utf-8",
            "UTF-16LE,utf-16", "UTF-8,us-ascii"})
    void unicodeIsDetected(String charset, @Nullable String declared) throws IOException {
        for (String json : new String[]{LONG, "x" + LONG, "{}", "[1]"}) {
            assertThat(utf8(json.getBytes(Charset.forName(charset)), declared)).asString(StandardCharsets.UTF_8)
                    .isEqualTo(json);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"})
    void aByteOrderMarkIsRemoved(String charset) throws IOException {
        assertThat(utf8(("\ufeff" + LONG).getBytes(Charset.forName(charset)), null)).asString(StandardCharsets.UTF_8)
                .isEqualTo(LONG);
    }

    @Test
    void othersAreReadAsDeclared() throws IOException {
        assertThat(utf8("{\"prompt\": \"Größe\"}".getBytes(StandardCharsets.ISO_8859_1), "ISO-8859-1"))
                .asString(StandardCharsets.UTF_8).isEqualTo("{\"prompt\": \"Größe\"}");
        assertThat(utf8(new byte[0], "ISO-8859-1")).isEmpty();
    }

    @Test
    void whatIsNotInItsCharsetIsRefused() {
        byte[] whole = LONG.getBytes(StandardCharsets.UTF_16LE);
        byte[] cut = Arrays.copyOf(whole, whole.length - 1);
        assertThat(Failures.of(() -> utf8(cut, null)).message()).isEqualTo(ErrorMessage.JSON_IS_MALFORMED);
        assertThat(Failures.of(() -> utf8(new byte[]{'{', '}'}, "klingon")).message())
                .isEqualTo(ErrorMessage.JSON_IS_MALFORMED);
    }
}
