package dev.retouch.mock;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.mock.Caller.Reply;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class StreamingAndUsageTest {

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    @Test
    void partialsGetSharperUntilThePictureIsComplete() throws Exception {
        byte[] photo = TestImages.photoPng(256, 256);
        Reply reply = caller.edit(Form.edit(photo).field("stream", "true").field("partial_images", "3"));

        assertThat(reply.header("content-type")).startsWith("text/event-stream");
        List<Map.Entry<String, JsonNode>> events = caller.events(reply);
        assertThat(events).extracting(Map.Entry::getKey).containsExactly("image_edit.partial_image",
                "image_edit.partial_image", "image_edit.partial_image", "image_edit.completed");
        BufferedImage finished = image(events.get(3));
        double coarse = TestImages.difference(image(events.get(0)), finished);
        double finer = TestImages.difference(image(events.get(1)), finished);
        double finest = TestImages.difference(image(events.get(2)), finished);
        assertThat(coarse).isGreaterThan(finer * 1.05);
        assertThat(finer).isGreaterThan(finest * 1.05);
        assertThat(finest).isPositive();
        assertThat(events.get(1).getValue().fieldNames()).toIterable().containsExactly("type", "b64_json", "created_at",
                "background", "output_format", "quality", "size", "partial_image_index");
        assertThat(events.get(1).getValue().path("partial_image_index").asInt()).isEqualTo(1);
        assertThat(events.get(3).getValue().at("/usage/output_tokens").asInt()).isEqualTo(7024 + 300);
    }

    private static BufferedImage image(Map.Entry<String, JsonNode> event) throws Exception {
        return TestImages.decode(event.getValue().path("b64_json").binaryValue());
    }

    @Test
    void everyImageOfAStreamCompletesAndTheInputIsCountedOnce() throws Exception {
        Reply reply = caller.edit(
                Form.edit(TestImages.photoPng(64, 64)).field("stream", "true").field("n", "2").field("quality", "low"));

        List<Map.Entry<String, JsonNode>> events = caller.events(reply);
        assertThat(events).extracting(Map.Entry::getKey).containsOnly("image_edit.completed").hasSize(2);
        assertThat(events.get(0).getValue().at("/usage/input_tokens").asInt()).isPositive();
        assertThat(events.get(1).getValue().at("/usage/input_tokens").asInt()).isZero();
        assertThat(events.get(1).getValue().at("/usage/output_tokens").asInt()).isEqualTo(196);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1, low, 1024x1024, 272", "gpt-image-1, medium, 1024x1024, 1056",
            "gpt-image-1, high, 1024x1024, 4160", "gpt-image-1-mini, low, 1024x1536, 408",
            "gpt-image-1.5, medium, 1024x1536, 1584", "gpt-image-1.5, high, 1024x1536, 6240",
            "gpt-image-1, low, 1536x1024, 400", "gpt-image-1, medium, 1536x1024, 1568",
            "gpt-image-1, high, 1536x1024, 6208", "gpt-image-1, auto, 1024x1024, 4160",
            "gpt-image-2, low, 1024x1024, 196", "gpt-image-2, medium, 1024x1024, 1756",
            "gpt-image-2, high, 1024x1024, 7024", "gpt-image-2, low, 1024x1536, 158",
            "gpt-image-2, medium, 1024x1536, 1372", "gpt-image-2, high, 1536x1024, 5488",
            "gpt-image-2, high, 3584x2048, 12329", "gpt-image-2.5-flare, low, 1024x1024, 196",
            "gpt-image-2.5-flare, high, 1024x1024, 1756", "gpt-image-2.5-flare, max, 1024x1024, 7024",
            "gpt-image-2.6-flare, low, 1024x1024, 830"})
    void outputTokensAreThePublishedOnes(String model, String quality, String size, int expected) throws Exception {
        Reply reply = caller.edit(Form.edit(TestImages.photoPng(64, 64)).field("model", model)
                .field("quality", quality).field("size", size));

        assertThat(reply.json().at("/usage/output_tokens").asInt()).isEqualTo(expected);
        assertThat(reply.json().at("/usage/output_tokens_details/image_tokens").asInt()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({"512, 512, low, 194", "1024, 512, low, 323", "64, 64, low, 194", "3000, 1000, low, 452",
            "512, 512, high, 4354", "1024, 512, high, 6563"})
    void inputImagesAreCountedInTiles(int width, int height, String fidelity, int expected) throws Exception {
        Reply reply = caller.edit(Form.edit(TestImages.photoPng(width, height)).field("model", "gpt-image-1")
                .field("quality", "low").field("input_fidelity", fidelity));

        assertThat(reply.json().at("/usage/input_tokens_details/image_tokens").asInt()).isEqualTo(expected);
    }

    @Test
    void thePromptIsCountedByTheRealTokeniserAndTheSumsAreRight() throws Exception {
        String prompt = "在图片中添加一朵红色的玫瑰花";
        int tokens = Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE).countTokens(prompt);
        Form form = new Form().field("prompt", prompt).file("image", "a", "image/png", TestImages.photoPng(64, 64))
                .field("n", "2");

        JsonNode usage = caller.edit(form).json().path("usage");

        assertThat(usage.at("/input_tokens_details/text_tokens").asInt()).isEqualTo(tokens);
        assertThat(usage.path("input_tokens").asInt()).isEqualTo(tokens + 194);
        assertThat(usage.path("output_tokens").asInt()).isEqualTo(2 * 7024);
        assertThat(usage.path("total_tokens").asInt()).isEqualTo(tokens + 194 + 2 * 7024);
    }
}
