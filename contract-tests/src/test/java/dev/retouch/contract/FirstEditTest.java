package dev.retouch.contract;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** What a newcomer sends first gives a picture that was really edited, where it may be and nowhere else. */
@ExtendWith(Gateways.class)
class FirstEditTest {

    private static final Form MASKED = Form.ofInput().example("mask", "mask.png").text("size", "1024x1024");

    private final Endpoint gateway;

    FirstEditTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @Test
    void servesTheExampleFiles() {
        for (String name : List.of("input.png", "mask.png", "second.jpg")) {
            assertThat(Endpoint.fetch(gateway.at("/examples/" + name)).body()).as(name)
                    .isEqualTo(Contract.example(name));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"b64_json", "url"})
    void onlyWhereTheMaskIsTransparentThePictureChanges(String responseFormat) {
        Reply reply = gateway.edit(MASKED.text("response_format", responseFormat));
        Picture before = Picture.of(Contract.example("input.png"));
        Picture mask = Picture.of(Contract.example("mask.png"));
        Picture after = Picture.of(reply.image());

        assertThat(reply.json().at("/data/0").has(responseFormat)).isTrue();
        assertThat(after.format()).isEqualTo("png");
        assertThat(after.width()).isEqualTo(1024);
        assertThat(after.height()).isEqualTo(1024);
        int open = 0;
        int changed = 0;
        int changedBehindTheMask = 0;
        for (int y = 0; y < 1024; y++) {
            for (int x = 0; x < 1024; x++) {
                boolean differs = after.argb(x, y) != before.argb(x, y);
                if (mask.alpha(x, y) == 0) {
                    open++;
                    changed += differs ? 1 : 0;
                } else {
                    changedBehindTheMask += differs ? 1 : 0;
                }
            }
        }
        assertThat(changedBehindTheMask).as("pixels changed where the mask is not transparent").isZero();
        assertThat(open).as("pixels that may change").isGreaterThan(1000);
        assertThat(changed).as("of %d pixels that may change", open).isGreaterThan(open * 9 / 10);
    }

    @Test
    void twoImagesAreTwoDifferentImages() {
        List<byte[]> images = gateway.edit(MASKED.text("n", "2")).images();
        assertThat(images).hasSize(2);
        assertThat(images.get(0)).isNotEqualTo(images.get(1));
        images.forEach(image -> assertThat(Picture.of(image).width()).isEqualTo(1024));
    }

    @Test
    void anotherPromptIsAnotherPicture() {
        Form edit = Form.empty().example("image", "input.png").text("size", "1024x1024");
        byte[] balloon = gateway.edit(edit.text("prompt", "a red balloon")).image();
        byte[] kite = gateway.edit(edit.text("prompt", "a blue kite")).image();
        assertThat(balloon).isNotEqualTo(kite);
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "webp"})
    void otherFormatsDecode(String format) {
        Reply reply = gateway.edit(Form.ofInput().text("size", "1024x1536").text("output_format", format)
                .text("output_compression", "80"));
        Picture picture = Picture.of(reply.image());
        assertThat(picture.format()).isEqualTo(format);
        assertThat(picture.width()).isEqualTo(1024);
        assertThat(picture.height()).isEqualTo(1536);
        assertThat(reply.json().path("output_format").asText()).isEqualTo(format);
    }

    @Test
    void theAnswerTellsWhatWasDone() {
        Reply reply = gateway.edit(MASKED.text("quality", "low"));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.json().path("size").asText()).isEqualTo("1024x1024");
        assertThat(reply.json().path("quality").asText()).isEqualTo("low");
        assertThat(reply.json().path("created").asLong()).isBetween(1_700_000_000L, 4_000_000_000L);
        assertThat(reply.json().at("/usage/output_tokens").asInt()).isPositive();
        assertThat(reply.json().at("/usage/total_tokens").asInt()).isEqualTo(
                reply.json().at("/usage/input_tokens").asInt() + reply.json().at("/usage/output_tokens").asInt());
        assertThat(reply.header("x-request-id").orElse("")).matches("req_[0-9a-z]{20,}");
        assertThat(reply.header("openai-processing-ms").orElse("")).matches("\\d+");
    }

    @Test
    void linksPointToTheGateway() {
        Reply reply = gateway.edit(MASKED.text("response_format", "url"));
        assertThat(reply.json().at("/data/0/url").asText()).startsWith(gateway.baseUrl() + "/files/img_");
    }
}
