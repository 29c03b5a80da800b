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
    private static final List<String> MODELS = List.of("gpt-image-2.5-sunburst", "gpt-image-1", "dall-e-2");

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
                            assertThat(MODELS).as("by form").anySatisfy(model -> assertRight(quote(Form.ofInput()
                                    .example("mask", "mask.png").text("model", model)
                                    .text(field.getKey(), value.asText()))));
                            assertThat(MODELS).as("by JSON").anySatisfy(model -> {
                                ObjectNode edit = edit().put("model", model);
                                edit.set(field.getKey(), value);
                                assertRight(quote(edit));
                            });
                        }))));
        return tests.stream();
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
    @ValueSource(strings = {"images", "mask"})
    void filesOfOpenAiAreRefused(String field) {
        ObjectNode json = edit();
        if (field.equals("mask")) {
            json.putObject("mask").put("file_id", "file-1");
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
