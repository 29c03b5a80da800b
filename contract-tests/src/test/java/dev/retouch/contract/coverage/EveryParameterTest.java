package dev.retouch.contract.coverage;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.exchange.Document;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** Every parameter of an edit, with every value that the document names, by form and by JSON; quotes check them and cost nothing. */
@ExtendWith(Gateways.class)
class EveryParameterTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String QUOTE = "/v1/images/edits/quote";
    /** One of these takes any value; what each takes is tested elsewhere. */
    private static final List<String> MODELS = List.of("gpt-image-2.5-sunburst", "gpt-image-1", "dall-e-2",
            "gpt-image-2.6-flare");

    private final Document document = new Document();
    private final Endpoint gateway;

    EveryParameterTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @TestFactory
    Stream<DynamicTest> everyValueIsTakenByAModel() {
        List<DynamicTest> tests = new ArrayList<>();
        document.at("schemas", "ImageEditForm").path("properties").properties().forEach(
                field -> document.resolved(field.getValue()).path("enum").forEach(value -> tests.add(DynamicTest
                        .dynamicTest(field.getKey() + "=" + value.asText(), () -> {
                            // an animation cannot have a mask, and only a vector image has a text model
                            boolean masked = !value.asText().equals("gif");
                            boolean svg = field.getKey().startsWith("svg[");
                            assertThat(MODELS).as("by form").anySatisfy(model -> {
                                Form form = Form.ofInput().text("model", model).text(field.getKey(), value.asText());
                                form = masked ? form.example("mask", "mask.png") : form;
                                assertRight(quote(svg ? form.text("output_format", "svg") : form));
                            });
                            assertThat(MODELS).as("by JSON").anySatisfy(model -> {
                                ObjectNode edit = edit().put("model", model);
                                if (svg) {
                                    edit.put("output_format", "svg").withObject("/svg/reasoning").set("effort", value);
                                } else {
                                    edit.set(field.getKey(), value);
                                }
                                assertRight(quote(masked ? edit : edit.without("mask")));
                            });
                        }))));
        return tests.stream();
    }

    @Test
    void allOfAnimationsAndVectorImagesThatHasNoListOfValues() {
        assertRight(quote(Form.ofInput().text("model", "gpt-image-2.6-flare").text("output_format", "gif")
                .text("size", "512x512").text("frame_count", "6").text("frame_duration_ms", "150")));
        assertRight(quote(Form.ofInput().text("model", "gpt-image-2.6-flare").text("output_format", "svg")
                .text("svg[model]", "gpt-6-luna")));
        assertRight(quote(Form.ofInput().text("model", "gpt-image-2.6-flare").example("markup", "markup.png")));
        ObjectNode animation = edit().put("model", "gpt-image-2.6-flare").put("output_format", "gif")
                .put("size", "512x512").put("frame_count", 6).put("frame_duration_ms", 150);
        animation.remove("mask");
        assertRight(quote(animation));
        ObjectNode vector = edit().put("model", "gpt-image-2.6-flare").put("output_format", "svg");
        vector.putObject("svg").put("model", "gpt-6-luna");
        vector.remove("mask");
        vector.putObject("markup").put("image_url", Contract.dataUrl("markup.png"));
        assertRight(quote(vector));
    }

    @Test
    void allThatHasNoListOfValues() {
        Form form = Form.empty().text("prompt", "p").example("image[]", "input.png").example("mask", "mask.png")
                .text("n", "2").text("size", "1024x1024").text("output_format", "jpeg")
                .text("output_compression", "50").text("stream", "true").text("partial_images", "1")
                .text("user", "user-1").text("model", "gpt-image-2");
        assertRight(quote(form));
        ObjectNode json = edit().put("n", 2).put("size", "1024x1024").put("output_format", "jpeg")
                .put("output_compression", 50).put("stream", true).put("partial_images", 1).put("user", "user-1")
                .put("model", "gpt-image-2");
        assertRight(quote(json));
        json.remove("images");
        json.putArray("image").add(Contract.dataUrl("input.png"));
        assertRight(quote(json));
    }

    /** The others are parts of real edits elsewhere. */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "low"})
    void anEditMayBeModeratedByItsUpstream(String level) {
        assertRight(gateway.edit(Form.ofInput().text("moderation", level).text("background", "auto")
                .text("quality", "auto").text("output_format", "png")));
        assertRight(gateway.edit(edit().put("moderation", level).toString()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"images", "mask", "markup"})
    void filesOfOpenAiAreRefused(String field) {
        ObjectNode json = edit();
        if (!field.equals("images")) {
            json.remove("mask");
            json.putObject(field).put("file_id", "file-1");
        } else {
            json.putArray("images").addObject().put("file_id", "file-1");
        }
        Reply reply = quote(json);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("unknown_parameter");
    }

    private static ObjectNode edit() {
        ObjectNode edit = JSON.createObjectNode().put("prompt", "p");
        edit.putArray("images").addObject().put("image_url", Contract.dataUrl("input.png"));
        edit.putObject("mask").put("image_url", Contract.dataUrl("mask.png"));
        return edit;
    }

    private static void assertRight(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }

    private Reply quote(Form form) {
        return send(form.contentType(), form.bytes());
    }

    private Reply quote(JsonNode json) {
        return send("application/json", json.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private Reply send(String type, byte[] body) {
        return Endpoint.send(gateway.request(QUOTE).header("Content-Type", type)
                .POST(BodyPublishers.ofByteArray(body)));
    }
}
