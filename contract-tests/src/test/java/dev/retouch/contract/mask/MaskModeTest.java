package dev.retouch.contract.mask;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.ChangedOutside;

import static org.assertj.core.api.Assertions.assertThat;

/** A mask is sent to the model, enforced or ignored, as the edit or its group says. The upstream repaints everything. */
@TestInstance(Lifecycle.PER_CLASS)
class MaskModeTest {

    private static final String MASK = "x-retouch-mask";
    private static final String WARNING = "x-retouch-warning";
    private static final String ENFORCED = "enforced; changed-outside=[0-9]{1,3}\\.[0-9]%";
    private static final Form STRICT = Masked.form().text("mask_mode", "strict");

    private final Contract contract = new Contract();
    private final RunningGateway gateway;
    private final Endpoint client;

    MaskModeTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        client = gateway.endpoint();
    }

    @BeforeEach
    void repaintEverything() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().scenarios().always(new ChangedOutside());
        gateway.sandbox().journal().clear();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @CsvSource({"png, b64_json, 0", "png, url, 0", "webp, b64_json, 0", "jpeg, url, 1"})
    void restoresWhatTheMaskKeeps(String format, String responseFormat, int levels) {
        Form edit = Masked.form().text("output_format", format).text("response_format", responseFormat).text("n", "2");
        Reply hint = client.edit(edit.text("mask_mode", "hint"));
        assertThat(hint.header(MASK)).isEmpty();
        assertThat(hint.images()).hasSize(2).allSatisfy(
                image -> assertThat(Masked.differenceOutside(image)).isEqualTo(-1));

        Reply strict = client.edit(edit.text("mask_mode", "strict"));
        assertThat(strict.images()).hasSize(2)
                .allSatisfy(image -> assertThat(Masked.differenceOutside(image)).isBetween(0, levels));
        assertThat(strict.header(MASK).orElseThrow()).matches(ENFORCED).doesNotContain("=0.0%");
        assertThat(strict.header(WARNING)).contains("scaled from 1024x640 to 300x200, the size of the first image");
        assertThat(strict.json().path("size").asText()).isIn("", "300x200");
        assertThat(strict.header("x-retouch-cost")).isPresent();
    }

    @Test
    void restoresPartialAndFinalImagesOfAStream() throws IOException {
        try (Events events = Events.of(client, STRICT.text("stream", "true").text("partial_images", "2"))) {
            List<Events.Event> all = events.all();
            assertThat(all).extracting(Events.Event::name).containsExactly("image_edit.partial_image",
                    "image_edit.partial_image", "image_edit.completed");
            assertThat(all).allSatisfy(event -> {
                contract.assertValid("ImageEditStreamEvent", event.data());
                assertThat(event.json().path("mask").asText()).matches(ENFORCED);
                assertThat(event.json().path("size").asText()).isEqualTo("300x200");
                assertThat(Masked.differenceOutside(
                        Base64.getDecoder().decode(event.json().path("b64_json").asText()))).isZero();
            });
            assertThat(all.getLast().json().at("/usage/output_tokens").asLong()).isPositive();
            assertThat(events.trailers().get(MASK)).matches(ENFORCED);
        }
    }

    @Test
    void restoresTheImagesOfATask() {
        Reply accepted = send(STRICT, "Prefer", "respond-async");
        assertThat(accepted.status()).as(accepted.beginning()).isEqualTo(202);
        String id = accepted.json().path("id").asText();
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(
                () -> assertThat(client.get("/v1/tasks/" + id).json().path("status").asText()).isEqualTo("succeeded"));
        JsonNode task = client.get("/v1/tasks/" + id).json();
        assertThat(task.path("headers").path(MASK).asText()).matches(ENFORCED);
        Reply file = Endpoint.fetch(java.net.URI.create(task.at("/result/data/0/url").asText()));
        assertThat(Masked.differenceOutside(file.body())).isZero();
    }

    @Test
    void aReplayIsTheSameResponse() {
        Reply first = send(STRICT, "Idempotency-Key", "strict-1");
        Reply second = send(STRICT, "Idempotency-Key", "strict-1");
        assertThat(second.header("idempotent-replayed")).contains("true");
        assertThat(second.header(MASK)).isEqualTo(first.header(MASK)).isPresent();
        assertThat(Masked.differenceOutside(second.image())).isZero();
        assertThat(second.body()).isEqualTo(first.body());
    }

    @Test
    void takesTheModeFromJsonAndTheDefaultFromTheGroup() {
        Admin admin = Admin.of(gateway);
        Endpoint member = admin.group("strict", "\"mask_mode\":\"strict\",\"upstreams\":[\"sandbox\"]").key("strict",
                "");
        assertThat(admin.get("groups/strict").json().path("mask_mode").asText()).isEqualTo("strict");
        assertThat(Masked.differenceOutside(member.edit(Masked.form()).image())).isZero();
        assertThat(member.edit(Masked.withoutMask()).header(MASK)).as("a default needs no mask").isEmpty();
        String json = """
                {"prompt":"p","quality":"low","size":"1024x640","mask_mode":"%s","images":[{"image_url":"%s"}],
                 "mask":{"image_url":"%s"}}""";
        String image = Pictures.dataUrl("image/png", Masked.IMAGE);
        String mask = Pictures.dataUrl("image/png", Masked.MASK);
        assertThat(member.edit(json.formatted("hint", image, mask)).header(MASK)).isEmpty();
        assertThat(client.edit(json.formatted("strict", image, mask)).header(MASK)).isPresent();

        assertThat(admin.patch("groups/strict", "{\"mask_mode\":\"off\"}").json().path("mask_mode").asText())
                .isEqualTo("off");
        assertThat(admin.patch("groups/strict", "{\"mask_mode\":\"hint\"}").json().path("mask_mode").asText())
                .isEqualTo("hint");
        Reply wrong = admin.patch("groups/strict", "{\"mask_mode\":\"Strict\"}");
        assertThat(wrong.status()).isEqualTo(400);
        assertThat(wrong.error().path("param").asText()).isEqualTo("mask_mode");
    }

    @Test
    void anIgnoredMaskIsNotSentAndIsNamed() {
        Reply reply = client.edit(Masked.form().text("mask_mode", "off"));
        assertThat(reply.images()).hasSize(1);
        assertThat(reply.header("x-retouch-dropped-parameters")).contains("mask");
        assertThat(reply.header(MASK)).isEmpty();
        assertThat(gateway.lastSeenUpstream().parts("mask")).isEmpty();
        assertThat(gateway.lastSeenUpstream().field("mask_mode")).isEmpty();
    }

    @Test
    void refusesStrictWithoutAMaskAndWithoutPixels() {
        assertRefused(client.edit(Masked.withoutMask().text("mask_mode", "strict")), "missing_required_parameter",
                "mask",
                "The mask mode strict needs a mask. Send 'mask', or leave 'mask_mode' out.");
        assertRefused(client.edit(Form.empty().text("prompt", "p").text("model", "gpt-image-2.6-flare")
                .file("image", "image.png", "image/png", Masked.IMAGE)
                .file("mask", "mask.png", "image/png", Masked.MASK).text("mask_mode", "strict")
                .text("output_format", "svg")), "invalid_value", "mask_mode",
                "The mask mode strict is not possible: output_format=svg has no pixels that can be restored. Change it, or"
                        + " use mask_mode=hint.");
    }

    @Test
    void refusesAnImageAboveTheLimitBeforeItIsSent() {
        try (RunningGateway small = RunningGateway.start(Map.of("RETOUCH_EDITS_STRICT_MASK_PIXELS", "59999"))) {
            Reply reply = small.endpoint().edit(STRICT);
            assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
            assertThat(reply.error().path("message").asText())
                    .contains("the first image has 60000 pixels, and 59999 are the most that can be restored");
            assertThat(small.sandbox().journal().entries()).isEmpty();
        }
    }

    @Test
    void refusesFilesThatCannotBeDecodedBeforeTheyAreSent() {
        byte[] half = Arrays.copyOf(Masked.IMAGE, Masked.IMAGE.length / 2);
        Form damaged = Form.empty().text("prompt", "p").text("mask_mode", "strict")
                .file("image", "image.png", "image/png", half).file("mask", "mask.png", "image/png", Masked.MASK);
        assertRefused(client.edit(damaged), "invalid_image_file", "image");
        byte[] cutMask = Arrays.copyOf(Masked.MASK, Masked.MASK.length - 30);
        Form damagedMask = Masked.withoutMask().text("mask_mode", "strict").file("mask", "mask.png", "image/png",
                cutMask);
        assertRefused(client.edit(damagedMask), "invalid_mask_image_format", "mask");
        assertThat(gateway.sandbox().journal().entries()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"b64_json", "url"})
    void anImageThatCannotBeDecodedIsPassedOnAndCharged(String format) {
        byte[] image = Pictures.opaque();
        byte[] damaged = Arrays.copyOf(image, image.length / 2);
        gateway.sandbox().scenarios().next(new Scenario.Status(200, Optional.of("""
                {"created":1,"data":[{"b64_json":"%s"}]}""".formatted(Pictures.base64(damaged))), "application/json",
                Map.of()));
        Reply reply = client.edit(STRICT.text("response_format", format));
        assertThat(reply.image()).isEqualTo(damaged);
        assertThat(reply.header(MASK)).contains("not-enforced");
        assertThat(reply.header(WARNING).orElse("")).contains(
                "image 1 is passed on as the upstream returned it, because it cannot be decoded, so its mask is not enforced");
        assertThat(reply.header("x-retouch-cost")).isPresent();
    }

    private static void assertRefused(Reply reply, String code, String param, String message) {
        assertRefused(reply, code, param);
        assertThat(reply.error().path("message").asText()).isEqualTo(message);
    }

    private static void assertRefused(Reply reply, String code, String param) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo(code);
        assertThat(reply.error().path("param").asText()).isEqualTo(param);
    }

    private Reply send(Form form, String header, String value) {
        HttpRequest.Builder request = client.request(Endpoint.EDITS).header("Content-Type", form.contentType())
                .header(header, value);
        return Endpoint.send(request.POST(BodyPublishers.ofByteArray(form.bytes())));
    }
}
