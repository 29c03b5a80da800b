package dev.retouch.server.upstream.gemini;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import dev.retouch.server.answer.AnswerEnd;
import dev.retouch.server.answer.AnswerPart;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.AnswerUsage;
import dev.retouch.server.answer.Base64Payload;
import dev.retouch.server.answer.FinalImage;
import dev.retouch.server.answer.MalformedAnswerException;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.price.ReportedUsage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class GeminiAnswerReaderTest {

    private static final String IMAGE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk";
    private static final String DOCUMENT = """
            {"usageMetadata": {"promptTokenCount": 573, "candidatesTokenCount": 1300, "thoughtsTokenCount": 7,
              "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 15}, {"modality": "IMAGE", "tokenCount": 500}],
              "candidatesTokensDetails": [{"modality": "TEXT", "tokenCount": 10}]},
             "candidates": [{"content": {"parts": [{"text": "Here: {\\"data\\": \\"no\\"}"},
               {"inlineData": {"mimeType": "image/png", "data": "%s"}},
               {"inline_data": {"data": "%s", "mime_type": "image/png"}}]}, "finishReason": "STOP"}]}
            """.formatted(IMAGE, IMAGE);

    /** The document in pieces of so many bytes. */
    private static AnswerSource cut(String text, int size) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int[] position = {0};
        return () -> {
            int from = position[0];
            position[0] = Math.min(bytes.length, from + size);
            return from >= bytes.length ? null : ByteBuffer.wrap(bytes, from, position[0] - from).slice();
        };
    }

    private static List<String> read(AnswerSource source) throws IOException {
        GeminiAnswerReader reader = new GeminiAnswerReader(source);
        List<String> parts = new ArrayList<>();
        AnswerPart part;
        do {
            part = reader.next();
            parts.add(switch (part) {
                case FinalImage image -> "image " + text(image);
                case AnswerUsage usage -> "usage " + usage.figures();
                case Refusal refusal -> "refusal " + refusal.code() + " " + refusal.message();
                default -> part.getClass().getSimpleName();
            });
        } while (!(part instanceof AnswerEnd));
        return parts;
    }

    private static String text(FinalImage image) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        if (image.payload() instanceof Base64Payload payload) {
            for (ByteBuffer piece = payload.next(); piece != null; piece = payload.next()) {
                byte[] bytes = new byte[piece.remaining()];
                piece.get(bytes);
                text.writeBytes(bytes);
            }
        }
        return text.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void readsImagesAndUsageHoweverTheyAreCut() throws IOException {
        // 58 tokens of the prompt and 1290 of the result have no modality: they count as images
        ReportedUsage usage = new ReportedUsage(15, 0, 558, 0, 17, 1290, null);
        for (int size = 1; size < 60; size++) {
            assertThat(read(cut(DOCUMENT, size))).as("pieces of " + size).containsExactly("image " + IMAGE, "ImageEnd",
                    "image " + IMAGE, "usage " + usage, "ImageEnd", "AnswerEnd");
        }
    }

    @Test
    void imageThatIsNotReadIsSkipped() throws IOException {
        GeminiAnswerReader reader = new GeminiAnswerReader(cut(DOCUMENT, 17));
        List<Class<?>> parts = new ArrayList<>();
        AnswerPart part;
        do {
            part = reader.next();
            parts.add(part.getClass());
        } while (!(part instanceof AnswerEnd));
        assertThat(parts).hasSize(6);
    }

    @Test
    void saysWhyThereIsNoImage() throws IOException {
        assertThat(read(cut("{\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}", 9)))
                .containsExactly("refusal moderation_blocked The upstream blocked the prompt or an image: SAFETY.",
                        "AnswerEnd");
        assertThat(read(cut("{\"candidates\":[{\"finishReason\":\"IMAGE_SAFETY\",\"finishMessage\":\"Unsafe.\"}]}", 9)))
                .containsExactly("refusal moderation_blocked Unsafe.", "AnswerEnd");
        assertThat(read(cut("{\"candidates\":[]}", 9)).getFirst()).startsWith("refusal upstream_error");
        assertThat(read(cut("{}", 1)).getFirst()).startsWith("refusal upstream_error");
    }

    @Test
    void everyPrefixIsMalformed() {
        String text = DOCUMENT.strip();
        for (int length = 0; length < text.length(); length++) {
            String prefix = text.substring(0, length);
            assertThatThrownBy(() -> read(cut(prefix, 13))).as(prefix).isInstanceOf(MalformedAnswerException.class);
        }
    }

    @Test
    void depthAndLengthAreBounded() throws IOException {
        String deep = "[".repeat(5000) + "]".repeat(5000);
        String wide = "[" + "1,".repeat(50_000) + "1]";
        assertThatThrownBy(() -> read(cut("{\"a\":" + deep + "}", 4096))).isInstanceOf(MalformedAnswerException.class);
        assertThat(read(cut("{\"b\":" + wide + ",\"c\":\"" + "x".repeat(200_000) + "\"}", 4096)).getFirst())
                .startsWith("refusal upstream_error");
    }
}
