package dev.retouch.contract.pact;

import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import au.com.dius.pact.consumer.dsl.Matchers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** What the gateway asks its upstream for an edit, whatever its own callers sent it, and what it makes of the answer. */
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamEditPactTest {

    private static final byte[] IMAGE = Fixtures.image();
    private static final String MODERATIONS = "/v1/moderations";

    private final ConsumerPact pact = ConsumerPact.ofServer(getClass());
    private final GatewayBeforeUpstream gateway;

    UpstreamEditPactTest(@TempDir Path folder) {
        Gateways.ownOnly();
        gateway = new GatewayBeforeUpstream(folder);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static UnaryOperator<HttpRequestBuilder> withOurId(UnaryOperator<HttpRequestBuilder> request) {
        return edit -> request.apply(edit).header("x-client-request-id",
                Matchers.regexp("req_[0-9A-Za-z_-]+", "req_0123456789abcdef"));
    }

    private static void assertEdited(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.json().at("/data/0/b64_json").asText()).isEqualTo(Answered.BASE64);
    }

    @Test
    void oneImage() {
        pact.needs(gateway.port(), List.of(PactInteraction.of("an edit of one image", withOurId(Asked.form(Asked.EDITS,
                Form.empty().text("model", "gpt-image-2").text("prompt", "a red balloon").text("quality", "low")
                        .file("image", "image-1.png", "image/png", IMAGE))),
                Answered.images())),
                _ -> assertEdited(gateway.caller(GatewayBeforeUpstream.FORMS)
                        .edit(Form.empty().bareFile("image[0]", IMAGE).text("prompt", "a red balloon")
                                .text("quality", "low"))));
    }

    @Test
    void twoImagesWithAMask() {
        pact.needs(gateway.port(), List.of(PactInteraction.of("an edit of two images with a mask", withOurId(
                Asked.form(Asked.EDITS, Form.empty().text("model", "gpt-image-1").text("prompt", "在图片中添加一朵红色的玫瑰花")
                        .file("image[]", "image-1.png", "image/png", IMAGE)
                        .file("image[]", "image-2.png", "image/png", IMAGE)
                        .file("mask", "mask.png", "image/png", Fixtures.mask()))),
                Answered.images())),
                _ -> assertEdited(gateway.caller(GatewayBeforeUpstream.FORMS)
                        .edit(Form.empty().file("image", "a.bin", "application/octet-stream", IMAGE)
                                .file("image", "b.bin", "application/octet-stream", IMAGE)
                                .file("mask", "m.png", "image/png", Fixtures.mask())
                                .text("model", "gpt-image-1").text("prompt", "在图片中添加一朵红色的玫瑰花"))));
    }

    @Test
    void json() {
        pact.needs(gateway.port(),
                List.of(PactInteraction.of("an edit as JSON", withOurId(Asked.json(Asked.EDITS, edit -> {
                    edit.stringValue("model", "gpt-image-2").stringValue("prompt", "a red balloon").numberValue("n", 2);
                    edit.array("images", images -> images
                            .object(image -> image.stringValue("image_url", Fixtures.imageUrl())));
                })), Answered.images())),
                _ -> assertThat(
                        gateway.caller(GatewayBeforeUpstream.DOCUMENTS).edit("{\"prompt\":\"a red balloon\",\"n\":2,"
                                + "\"image\":[\"" + Fixtures.imageUrl() + "\"]}").status())
                        .isEqualTo(200));
    }

    @Test
    void aStream() {
        pact.needs(gateway.port(), List.of(PactInteraction.of("an edit as a stream", withOurId(Asked.form(Asked.EDITS,
                Form.empty().text("model", "gpt-image-2").text("prompt", "a red balloon").text("quality", "low")
                        .text("size", "1024x1024").text("stream", "true").text("partial_images", "1")
                        .file("image", "image-1.png", "image/png", IMAGE))),
                Answered.events())), _ -> {
                    Reply reply = gateway.caller(GatewayBeforeUpstream.FORMS)
                            .edit(Form.empty().text("model", "gpt-image-2").text("prompt", "a red balloon")
                                    .text("quality", "low").text("size", "1024x1024").text("stream", "true")
                                    .text("partial_images", "1").file("image", "a.png", "image/png", IMAGE));
                    assertThat(reply.text()).contains("event: image_edit.partial_image",
                            "event: image_edit.completed", Answered.BASE64);
                });
    }

    private static PactInteraction moderation(String about, UnaryOperator<HttpRequestBuilder> request,
            boolean flagged) {
        return PactInteraction.of("a question whether " + about, request, Answered.json(verdict -> verdict.minArrayLike(
                "results",
                1,
                result -> result.booleanValue("flagged", flagged)
                        .object("categories", categories -> categories.booleanValue("violence", flagged))
                        .object("category_scores", scores -> scores.numberType("violence", flagged ? 0.98 : 0.0001)))));
    }

    private static PactInteraction ofPrompt(String about, String prompt, boolean flagged) {
        return moderation(about, Asked.json(MODERATIONS, question -> question
                .stringType("model", "omni-moderation-latest").array("input", inputs -> inputs
                        .object(input -> input.stringValue("type", "text").stringValue("text", prompt)))),
                flagged);
    }

    private static PactInteraction ofImage() {
        return moderation("an image may be edited", Asked.json(MODERATIONS, question -> question
                .stringType("model", "omni-moderation-latest").array("input", inputs -> inputs
                        .object(input -> input.stringValue("type", "image_url").object("image_url",
                                image -> image.stringValue("url", Fixtures.imageUrl()))))),
                false);
    }

    @Test
    void moderationThatLetsPass() {
        PactInteraction edit = PactInteraction.of("an edit that was judged", withOurId(Asked.form(Asked.EDITS,
                Form.empty().text("model", "gpt-image-2").text("prompt", "a rose")
                        .file("image", "image-1.png", "image/png", IMAGE))),
                Answered.images());
        pact.needs(gateway.port(), List.of(ofPrompt("a prompt is harmless", "a rose", false), ofImage(), edit),
                _ -> assertEdited(edit(gateway.caller(GatewayBeforeUpstream.MODERATED), "a rose")));
    }

    @Test
    void moderationThatFlags() {
        PactInteraction flagged = ofPrompt("a prompt is violent", "a fight to the end", true).given("flagged words",
                java.util.Map.of("words", "a fight", "category", "violence"));
        pact.needs(gateway.port(), List.of(flagged, ofImage()), _ -> {
            Reply reply = edit(gateway.caller(GatewayBeforeUpstream.MODERATED), "a fight to the end");
            assertThat(reply.error().path("code").asText()).as(reply.beginning()).isEqualTo("moderation_blocked");
            assertThat(reply.error().path("message").asText()).contains("Flagged: prompt. Categories: violence.");
        });
    }

    private static Reply edit(Endpoint caller, String prompt) {
        return caller.edit(Form.empty().file("image", "a.png", "image/png", IMAGE).text("prompt", prompt));
    }
}
