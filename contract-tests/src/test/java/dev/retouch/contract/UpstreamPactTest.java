package dev.retouch.contract;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import au.com.dius.pact.consumer.MockServer;
import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.LambdaDslObject;
import au.com.dius.pact.consumer.dsl.Matchers;
import au.com.dius.pact.consumer.dsl.PactBuilder;
import au.com.dius.pact.consumer.junit5.PactConsumerTestExt;
import au.com.dius.pact.consumer.junit5.PactTestFor;
import au.com.dius.pact.core.model.PactSpecVersion;
import au.com.dius.pact.core.model.V4Pact;
import au.com.dius.pact.core.model.annotations.Pact;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.UpstreamClient;

import static org.assertj.core.api.Assertions.assertThat;

/** What the gateway sends to an upstream. Written down as a pact that {@link UpstreamPactProviderTest} holds the mock to. */
@ExtendWith(PactConsumerTestExt.class)
@PactTestFor(providerName = UpstreamPactTest.PROVIDER, pactVersion = PactSpecVersion.V4)
class UpstreamPactTest {

    static final String CONSUMER = "retouch-server";
    static final String PROVIDER = "image-upstream";

    @TempDir
    private Path folder = Path.of(".");

    private static void edited(LambdaDslObject answer) {
        answer.integerType("created", 1795251600);
        answer.minArrayLike("data", 1, image -> image.stringMatcher("b64_json", "[A-Za-z0-9+/]{40,}=*",
                "iVBORw0KGgoAAAANSUhEUgAAAEAAAABACAIAAAAlC+aJ"));
        answer.object("usage", usage -> usage.integerType("input_tokens", 332).integerType("output_tokens", 4160)
                .integerType("total_tokens", 4492));
    }

    /** Pact's own builder cannot leave the content type of a text part out, as the gateway does and curl too. */
    private static HttpRequestBuilder edit(HttpRequestBuilder request, Form form) {
        return request.method("POST").path("/v1/images/edits")
                .header("Authorization", Matchers.regexp("Bearer .+", "Bearer sk-upstream"))
                .header("content-type", Matchers.regexp("multipart/form-data; *boundary=.+", form.contentType()))
                .body(form.bytes(), form.contentType());
    }

    @Pact(consumer = CONSUMER)
    V4Pact oneImage(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit of one image", http -> http
                .withRequest(request -> edit(request,
                        Form.empty().text("model", "gpt-image-2").text("prompt", "a red balloon")
                                .text("quality", "low")
                                .file("image", "image-1.png", "image/png", Fixtures.image())))
                .willRespondWith(
                        response -> response.status(200).body(LambdaDsl.newJsonBody(UpstreamPactTest::edited).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "oneImage")
    void editsOneImage(MockServer upstream) {
        byte[] answer = client(upstream).edit("gpt-image-2", "a red balloon", Map.of("quality", "low"),
                List.of(Fixtures.image()), Optional.empty());
        assertThat(new String(answer, StandardCharsets.UTF_8)).contains("\"b64_json\"");
    }

    @Pact(consumer = CONSUMER)
    V4Pact twoImagesWithAMask(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit of two images with a mask", http -> http
                .withRequest(request -> edit(request, Form.empty().text("model", "gpt-image-1")
                        .text("prompt", "在图片中添加一朵红色的玫瑰花")
                        .file("image[]", "image-1.png", "image/png", Fixtures.image())
                        .file("image[]", "image-2.png", "image/png", Fixtures.image())
                        .file("mask", "mask.png", "image/png", Fixtures.mask())))
                .willRespondWith(
                        response -> response.status(200).body(LambdaDsl.newJsonBody(UpstreamPactTest::edited).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "twoImagesWithAMask")
    void editsTwoImagesWithAMask(MockServer upstream) {
        byte[] answer = client(upstream).edit("gpt-image-1", "在图片中添加一朵红色的玫瑰花", Map.of(),
                List.of(Fixtures.image(), Fixtures.image()), Optional.of(Fixtures.mask()));
        assertThat(new String(answer, StandardCharsets.UTF_8)).contains("\"b64_json\"");
    }

    private UpstreamClient client(MockServer upstream) {
        return new UpstreamClient(URI.create(upstream.getUrl() + "/v1"), folder);
    }
}
