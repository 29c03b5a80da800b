package dev.retouch.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

import au.com.dius.pact.consumer.MockServer;
import au.com.dius.pact.consumer.dsl.HttpRequestBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.LambdaDslObject;
import au.com.dius.pact.consumer.dsl.Matcher;
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

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.RetouchException;
import dev.retouch.client.model.ErrorCode;
import dev.retouch.client.model.ImageResponseFormat;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.client.model.Model;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** What our Java client sends and needs back. Written down as a pact that {@link GatewayPactProviderTest} holds the gateway to. */
@ExtendWith(PactConsumerTestExt.class)
@PactTestFor(providerName = ClientPactTest.PROVIDER, pactVersion = PactSpecVersion.V4)
class ClientPactTest {

    static final String CONSUMER = "retouch-client";
    static final String PROVIDER = "retouch-gateway";

    private static final String KEY = "sk-pact";
    private static final String TEXT = "text/plain;charset=UTF-8";

    /** Not a parameter of the constructor: there, the extension would take the first pact for that of every test. */
    @TempDir
    private Path folder = Path.of(".");

    private Path file(String name, byte[] content) {
        try {
            return Files.write(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Matcher bearer() {
        return Matchers.regexp("Bearer .+", "Bearer " + KEY);
    }

    private static void edited(LambdaDslObject answer) {
        answer.integerType("created", 1795251600);
        answer.minArrayLike("data", 1, image -> image.stringMatcher("url", "https?://.+/files/img_[0-9a-f]{32}\\.png.*",
                "http://127.0.0.1:8080/files/img_3f9c2a7d41b84e0f9c55a0c1d2e3f405.png?expires=1&signature=s"));
        answer.object("usage", usage -> usage.integerType("input_tokens", 332).integerType("output_tokens", 4160)
                .integerType("total_tokens", 4492));
    }

    private static HttpRequestBuilder edit(HttpRequestBuilder request, Form form) {
        return request.method("POST").path("/v1/images/edits").header("Authorization", bearer())
                .header("content-type", Matchers.regexp("multipart/form-data; *boundary=.+", form.contentType()))
                .body(form.bytes(), form.contentType());
    }

    @Pact(consumer = CONSUMER)
    V4Pact oneImage(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit of one image", http -> http
                .withRequest(request -> edit(request,
                        Form.empty().file("image", "image.png", "image/png", Fixtures.image())
                                .text("prompt", "a red balloon", TEXT)
                                .text("response_format", "url", TEXT)))
                .willRespondWith(
                        response -> response.status(200).body(LambdaDsl.newJsonBody(ClientPactTest::edited).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "oneImage")
    void editsOneImage(MockServer gateway) {
        try (RetouchClient client = client(gateway)) {
            ImagesResponse answer = client
                    .edit(ImageEdit.of(file("image.png", Fixtures.image())).prompt("a red balloon")
                            .responseFormat(ImageResponseFormat.URL));
            assertThat(answer.getData()).singleElement()
                    .satisfies(edited -> assertThat(edited.getUrl()).hasPath(
                            "/files/img_3f9c2a7d41b84e0f9c55a0c1d2e3f405.png"));
        }
    }

    @Pact(consumer = CONSUMER)
    V4Pact twoImagesWithAMask(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit of two images with a mask", http -> http
                .withRequest(request -> edit(request, Form.empty()
                        .file("image[]", "image.png", "image/png", Fixtures.image())
                        .file("image[]", "second.png", "image/png", Fixtures.image())
                        .file("mask", "mask.png", "image/png", Fixtures.mask())
                        .text("prompt", "在图片中添加一朵红色的玫瑰花", TEXT)
                        .text("size", "1024x1024", TEXT)
                        .text("response_format", "url", TEXT)))
                .willRespondWith(
                        response -> response.status(200).body(LambdaDsl.newJsonBody(ClientPactTest::edited).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "twoImagesWithAMask")
    void editsTwoImagesWithAMask(MockServer gateway) {
        try (RetouchClient client = client(gateway)) {
            assertThat(
                    client.edit(ImageEdit.of(file("image.png", Fixtures.image()), file("second.png", Fixtures.image()))
                            .mask(file("mask.png", Fixtures.mask())).prompt("在图片中添加一朵红色的玫瑰花")
                            .size("1024x1024").responseFormat(ImageResponseFormat.URL)).getData())
                    .hasSize(1);
        }
    }

    @Pact(consumer = CONSUMER)
    V4Pact jsonWithADataUrl(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit by data URL", http -> http
                .withRequest(request -> request.method("POST").path("/v1/images/edits")
                        .header("Authorization", bearer())
                        .header("Content-Type", "application/json").body(LambdaDsl.newJsonBody(edit -> edit
                                .array("images", images -> images
                                        .object(image -> image.stringValue("image_url", Fixtures.imageUrl())))
                                .stringValue("prompt", "a red balloon").numberValue("n", 2)
                                .stringValue("response_format", "url")).build()))
                .willRespondWith(
                        response -> response.status(200).body(LambdaDsl.newJsonBody(ClientPactTest::edited).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "jsonWithADataUrl")
    void editsByDataUrl(MockServer gateway) {
        try (RetouchClient client = client(gateway)) {
            assertThat(client.edit(ImageEdit.ofUrls(Fixtures.imageUrl()).prompt("a red balloon").n(2)
                    .responseFormat(ImageResponseFormat.URL)).getData()).isNotEmpty();
        }
    }

    @Pact(consumer = CONSUMER)
    V4Pact models(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("a question for the models", http -> http
                .withRequest(request -> request.method("GET").path("/v1/models").header("Authorization", bearer()))
                .willRespondWith(response -> response.status(200).body(LambdaDsl.newJsonBody(list -> {
                    list.stringValue("object", "list");
                    list.minArrayLike("data", 1, model -> model.stringType("id", "gpt-image-2")
                            .stringValue("object", "model").integerType("created", 1776729600)
                            .stringType("owned_by", "openai"));
                }).build()))).toPact();
    }

    @Test
    @PactTestFor(pactMethod = "models")
    void listsModels(MockServer gateway) {
        try (RetouchClient client = client(gateway)) {
            assertThat(client.models()).extracting(Model::getId).containsExactly("gpt-image-2");
        }
    }

    @Pact(consumer = CONSUMER)
    V4Pact aMistake(PactBuilder pact) {
        return pact.expectsToReceiveHttpInteraction("an edit of eleven results", http -> http
                .withRequest(request -> request.method("POST").path("/v1/images/edits")
                        .header("Authorization", bearer())
                        .header("Content-Type", "application/json").body(LambdaDsl.newJsonBody(edit -> edit
                                .array("images", images -> images
                                        .object(image -> image.stringValue("image_url", Fixtures.imageUrl())))
                                .stringValue("prompt", "a red balloon").numberValue("n", 11)).build()))
                .willRespondWith(response -> response.status(400).header("x-should-retry", "false")
                        .header("x-request-id", Matchers.regexp("req_.+", "req_1"))
                        .body(LambdaDsl.newJsonBody(envelope -> envelope.object("error", error -> {
                            error.stringValue("message",
                                    "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.");
                            error.stringValue("type", "invalid_request_error");
                            error.stringValue("param", "n");
                            error.stringValue("code", "integer_above_max_value");
                        })).build())))
                .toPact();
    }

    @Test
    @PactTestFor(pactMethod = "aMistake")
    void understandsAMistake(MockServer gateway) {
        try (RetouchClient client = client(gateway)) {
            assertThatExceptionOfType(RetouchException.class).isThrownBy(
                    () -> client.edit(ImageEdit.ofUrls(Fixtures.imageUrl()).prompt("a red balloon").n(11)))
                    .satisfies(failure -> {
                        assertThat(failure.status()).isEqualTo(400);
                        assertThat(failure.code()).contains(ErrorCode.INTEGER_ABOVE_MAX_VALUE);
                        assertThat(failure.requestId()).contains("req_1");
                        assertThat(failure.shouldRetry()).isFalse();
                    });
        }
    }

    private static RetouchClient client(MockServer gateway) {
        return RetouchClient.at(gateway.getUrl()).withKey(KEY);
    }
}
