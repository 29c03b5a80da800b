package dev.retouch.contract.coverage;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** Animations, vector images, markup and complexity, and what does not go together with them. */
@ExtendWith(Gateways.class)
class NewFormatsTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Endpoint gateway;

    NewFormatsTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    private static Form edit() {
        return Form.ofInput().text("model", "gpt-image-2.6-flare").text("quality", "low");
    }

    private Reply done(Form form) {
        Reply reply = gateway.edit(form);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply;
    }

    @Test
    void anAnimationIsReturnedAsOne() {
        Reply reply = done(edit().text("output_format", "gif").text("size", "512x512").text("frame_count", "2")
                .text("response_format", "b64_json"));

        assertThat(new String(reply.image(), StandardCharsets.ISO_8859_1)).startsWith("GIF89a");
        assertThat(reply.json().path("output_format").asText()).isEqualTo("gif");
    }

    @Test
    void aVectorImageComesWithTheUsageOfItsTextModel() {
        Reply reply = done(edit().text("output_format", "svg").text("svg[model]", "gpt-5.4-mini")
                .text("size", "1024x1024").text("response_format", "b64_json"));

        assertThat(new String(reply.image(), StandardCharsets.UTF_8)).startsWith("<svg ").endsWith("</svg>\n");
        assertThat(reply.json().path("output_format").asText()).isEqualTo("svg");
    }

    @Test
    void aVectorImageBehindALinkCannotRunScripts() {
        String link = done(edit().text("output_format", "svg").text("size", "1024x1024")
                .text("response_format", "url")).json().at("/data/0/url").asText();

        Reply file = Endpoint.send(HttpRequest.newBuilder(URI.create(link)).GET());

        assertThat(file.header("content-type")).hasValue("image/svg+xml");
        assertThat(file.header("content-security-policy")).hasValueSatisfying(
                policy -> assertThat(policy).contains("default-src 'none'").contains("sandbox"));
    }

    @Test
    void marksAndComplexityChangeTheImage() {
        byte[] whole = done(edit().text("size", "1024x1024").text("response_format", "b64_json")).image();

        assertThat(done(edit().text("size", "1024x1024").text("response_format", "b64_json").example("markup",
                "markup.png")).image()).isNotEqualTo(whole);
        assertThat(done(edit().text("size", "1024x1024").text("response_format", "b64_json")
                .text("complexity", "low")).image()).isNotEqualTo(whole);
        assertThat(done(edit().text("size", "1024x1024").text("response_format", "b64_json")
                .text("complexity", "high")).image()).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            output_format=gif,size=512x512,stream=true  | stream         | 'stream' is not supported for gif output. Leave it out, or use png, jpeg or webp.
            output_format=svg,partial_images=1          | partial_images | 'partial_images' is not supported for svg output. Leave it out, or use png, jpeg or webp.
            frame_count=4                               | frame_count    | 'frame_count' needs output_format=gif. Set it, or leave 'frame_count' out.
            svg[model]=gpt-6-luna                       | svg.model      | 'svg.model' needs output_format=svg. Set it, or leave 'svg.model' out.
            output_format=svg,n=2                       | n              | Invalid 'n': integer above maximum value. Expected a value <= 1, but got 2 instead.
            output_format=gif,background=transparent    | background     | Transparent background is not supported for gif output. Use png or webp.
            """)
    void whatDoesNotGoTogetherIsRefused(String fields, String param, String message) {
        Form form = edit();
        for (String field : fields.split(",")) {
            form = form.text(field.substring(0, field.indexOf('=')), field.substring(field.indexOf('=') + 1));
        }

        Reply reply = gateway.edit(form);

        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("param").asText()).isEqualTo(param);
        assertThat(reply.error().path("message").asText()).isEqualTo(message.replace("\"", "'"));
    }

    @Test
    void jsonHasTheSameParameters() {
        ObjectNode json = JSON.createObjectNode().put("prompt", "p").put("model", "gpt-image-2.6-flare")
                .put("output_format", "gif").put("size", "512x512").put("quality", "low").put("frame_count", 3)
                .put("frame_duration_ms", 150).put("response_format", "b64_json");
        json.putArray("images").addObject().put("image_url", Contract.dataUrl("input.png"));
        Reply animation = gateway.edit(json.toString());
        assertThat(animation.status()).as(animation.beginning()).isEqualTo(200);
        assertThat(new String(animation.image(), StandardCharsets.ISO_8859_1)).startsWith("GIF89a");

        json.remove(List.of("output_format", "frame_count", "frame_duration_ms"));
        json.put("size", "1024x1024").putObject("markup").put("image_url", Contract.dataUrl("markup.png"));
        assertThat(gateway.edit(json.toString()).images()).hasSize(1);

        json.putObject("markup").put("file_id", "file-1");
        assertThat(gateway.edit(json.toString()).status()).isEqualTo(400);
    }

    @Test
    void theSheetOfAnAnimationKeepsTheModelsBounds() {
        Reply reply = gateway.edit(edit().text("output_format", "gif").text("size", "1024x1024"));

        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("message").asText()).contains("1024x1024").contains("3072x3072");
    }

    @Test
    void theSecondModelRefusesATransparentBackground() {
        Reply reply = gateway.edit(Form.ofInput().text("model", "gpt-image-2").text("background", "transparent"));

        assertThat(reply.error().path("message").asText())
                .isEqualTo("Invalid value: 'transparent'. Supported values are: 'auto' and 'opaque'.");
    }

    @Test
    void markupNeedsItsUrlAndGoesNotWithAMask() {
        ObjectNode json = JSON.createObjectNode().put("prompt", "p").put("model", "gpt-image-2.6-flare");
        json.putArray("images").addObject().put("image_url", Contract.dataUrl("input.png"));
        json.putObject("markup");
        assertThat(gateway.edit(json.toString()).error().path("message").asText())
                .isEqualTo("A markup image needs 'markup.image_url'.");

        assertThat(gateway.edit(edit().example("mask", "mask.png").example("markup", "markup.png")).error()
                .path("message").asText()).isEqualTo("'mask' and 'markup' cannot be combined. Send one of them.");
        assertThat(gateway.edit(edit().example("markup", "second.jpg")).error().path("code").asText())
                .isEqualTo("invalid_image_file");
        assertThat(gateway.edit(Form.ofInput().text("model", "gpt-image-2").example("markup", "markup.png")).error()
                .path("code").asText()).isEqualTo("unknown_parameter");
    }

    @Test
    void theModelsSayWhatIsNew() {
        JsonNode parameters = gateway.get("/v1/models/gpt-image-2.6-sunburst").json()
                .at("/capabilities/parameters");

        assertThat(parameters.at("/complexity/values")).extracting(JsonNode::asText).containsExactly("low", "medium",
                "high");
        assertThat(parameters.at("/output_format/values")).extracting(JsonNode::asText).contains("gif", "svg");
        assertThat(parameters.path("svg.model").path("values").size()).isGreaterThan(2);
    }

    @Test
    void theUsageOfOneRequestIsThatOfItsEdit() {
        Reply reply = done(edit().text("size", "1024x1024").text("response_format", "b64_json"));
        String request = reply.header("x-request-id").orElseThrow();

        Reply usage = gateway.get("/v1/usage?request_id=" + request);

        new Contract().assertValid("UsageReport", usage.text());
        JsonNode edit = usage.json().at("/edits/0");
        assertThat(edit.path("request_id").asText()).isEqualTo(request);
        assertThat(edit.path("state").asText()).isEqualTo("settled");
        assertThat(edit.path("model").asText()).isEqualTo("gpt-image-2.6-flare");
        assertThat(edit.path("price_version").asText()).isNotEmpty();
        JsonNode reported = reply.json().path("usage");
        assertThat(edit.at("/tokens/text_input").asLong()).isEqualTo(reported.at("/input_tokens_details/text_tokens")
                .asLong());
        assertThat(edit.at("/tokens/image_output").asLong() + edit.at("/tokens/text_output").asLong())
                .isEqualTo(reported.path("output_tokens").asLong()).isPositive();
        assertThat(usage.json().at("/total/edits").asLong()).isEqualTo(1);
        assertThat(usage.json().path("data")).hasSize(1);
        assertThat(Endpoint.send(gateway.request("/v1/usage?request_id=" + request).header("Accept", "text/csv").GET())
                .text().lines().toList()).hasSize(2);
    }

    @Test
    void theUsageOfAnotherRequestIsEmpty() {
        Reply usage = gateway.get("/v1/usage?request_id=req_00000000000000000000000000000000");

        assertThat(usage.status()).isEqualTo(200);
        assertThat(usage.json().path("edits").isArray()).isTrue();
        assertThat(List.of(usage.json().path("edits").size(), usage.json().at("/total/edits").asInt()))
                .containsExactly(0, 0);
    }
}
