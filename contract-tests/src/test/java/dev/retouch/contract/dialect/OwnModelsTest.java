package dev.retouch.contract.dialect;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** A model is data: an operator's file adds one, gives another a second name, and keeps a retired id alive. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnModelsTest {

    private static final byte[] INPUT = Pictures.opaque();

    private final RunningGateway gateway;
    private final Trials trials;

    OwnModelsTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        Path models = Files.writeString(folder.resolve("models.yaml"), """
                acme-edit-1:
                  like: gpt-image-1
                  released: 2026-10-01
                  sunset: null
                  owned-by: acme
                  upstream-name: gpt-image-2
                  images: {max: 2, bytes: 4096, formats: [png]}
                  prompt: 20
                  sizes:
                    values: [1024x640, 640x1024]
                    default: 1024x640
                  parameters:
                    n: {maximum: 2}
                    input_fidelity: {handling: drop}
                studio:
                  alias: acme-edit-1
                dall-e-2:
                  alias: gpt-image-2
                """);
        gateway = RunningGateway.start(Map.of("RETOUCH_MODELS_FILE", models.toString()));
        trials = new Trials(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static Form form(String model) {
        return Trials.image(INPUT).text("prompt", "a green wall").text("model", model);
    }

    private static ObjectNode json(String model) {
        return Trials.json().put("prompt", "a green wall").put("model", model).put("image",
                Pictures.dataUrl("image/png", INPUT));
    }

    @Test
    void ownModelUsesItsUpstreamName() {
        Edited form = trials.edited(form("acme-edit-1").text("size", "640x1024"));
        assertThat(form.sent("model")).contains("gpt-image-2");
        assertThat(form.size()).isEqualTo("640x1024");
        Edited json = trials.edited(json("acme-edit-1").put("size", "1024x640"));
        assertThat(json.sent("model")).contains("gpt-image-2");
        assertThat(json.size()).isEqualTo("1024x640");
        assertThat(json.reply().header("sunset")).isEmpty();
    }

    @Test
    void itsOwnLimitsHold() {
        Form edit = form("acme-edit-1");
        trials.refused(edit.text("size", "1024x1024"), "invalid_value", "size",
                "Supported values are: '1024x640' and '640x1024'.");
        trials.refused(edit.text("n", "3"), "integer_above_max_value", "n", "<= 2");
        trials.refused(edit.file("image", "b.png", "image/png", INPUT).file("image", "c.png", "image/png", INPUT),
                "array_above_max_length", "image", "maximum length 2");
        trials.refused(Trials.image(Pictures.padded(INPUT, 4096)).text("model", "acme-edit-1").text("prompt", "p"),
                "image_file_too_large", "image", "fewer than 4096 bytes");
        trials.refused(Trials.image(Pictures.in("jpeg")).text("model", "acme-edit-1").text("prompt", "p"),
                "unsupported_file_mimetype", "image", "Supported file formats are png.");
        trials.refused(Trials.image(INPUT).text("model", "acme-edit-1").text("prompt", "p".repeat(21)),
                "string_above_max_length", "prompt", "maximum length 20");
        trials.edited(Trials.image(Pictures.padded(INPUT, 4095)).text("model", "acme-edit-1")
                .text("prompt", "p".repeat(20)).text("size", "1024x640"));
    }

    @Test
    void itIsListedWithWhatItTakes() {
        JsonNode listed = gateway.endpoint().get("/v1/models").json().path("data").valueStream()
                .filter(model -> model.path("id").asText().equals("acme-edit-1")).findFirst().orElseThrow();
        assertThat(listed).isEqualTo(gateway.endpoint().get("/v1/models/acme-edit-1").json());
        assertThat(listed.path("owned_by").asText()).isEqualTo("acme");
        assertThat(listed.path("created").asLong()).isEqualTo(1_790_812_800);
        assertThat(listed.at("/capabilities/max_images").asInt()).isEqualTo(2);
        assertThat(listed.at("/capabilities/max_image_bytes").asInt()).isEqualTo(4096);
        assertThat(listed.at("/capabilities/max_prompt_characters").asInt()).isEqualTo(20);
        assertThat(listed.at("/capabilities/sizes/values").valueStream().map(JsonNode::asText))
                .containsExactly("1024x640", "640x1024");
        assertThat(listed.at("/capabilities/parameters/n/maximum").asInt()).isEqualTo(2);
        assertThat(listed.at("/capabilities/parameters").has("input_fidelity")).isFalse();
    }

    @Test
    void anAliasIsItsModel() {
        assertThat(trials.edited(form("studio").text("size", "1024x640")).sent("model")).contains("gpt-image-2");
        assertThat(trials.edited(json("studio").put("size", "1024x640")).sent("model")).contains("gpt-image-2");
        trials.refused(form("studio").text("size", "1024x1024"), "invalid_value", "size", "'1024x640' and '640x1024'");
        trials.refused(json("studio").put("n", 3), "integer_above_max_value", "n", "<= 2");
        assertThat(gateway.endpoint().get("/v1/models/studio").json().path("id").asText()).isEqualTo("acme-edit-1");
        assertThat(gateway.endpoint().get("/v1/models").json().path("data").findValuesAsText("id"))
                .contains("acme-edit-1").doesNotContain("studio");
    }

    @Test
    void retiredAliasOfALiveModelIsMarkedDeprecated() {
        Edited edited = trials.edited(form("dall-e-2").text("size", "1024x640"));
        assertThat(edited.sent("model")).contains("gpt-image-2");
        assertThat(edited.reply().header("sunset")).contains("Tue, 12 May 2026 00:00:00 GMT");
        assertThat(edited.reply().header("deprecation")).contains("@1778544000");
    }

    @Test
    void modelsThatRetireSaySo() {
        Edited edited = trials.edited(json("gpt-image-1"));
        assertThat(edited.reply().header("sunset")).contains("Fri, 23 Oct 2026 00:00:00 GMT");
        assertThat(edited.reply().header("deprecation")).contains("@1792713600");
        Edited live = trials.edited(json("gpt-image-2").put("size", "1024x640"));
        assertThat(live.reply().header("sunset")).isEmpty();
        assertThat(live.reply().header("deprecation")).isEmpty();
    }
}
