package dev.retouch.contract;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.report.LevelResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.atlassian.oai.validator.restassured.OpenApiValidationFilter;
import com.atlassian.oai.validator.whitelist.ValidationErrorsWhitelist;
import com.atlassian.oai.validator.whitelist.rule.WhitelistRules;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;

import static com.atlassian.oai.validator.whitelist.rule.WhitelistRules.messageHasKey;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;

/**
 * Whole exchanges held against the document by another reader of it than {@code exchange} has, and from the caller's side: so a
 * deployed gateway, around which there is no tap, is held to the document too.
 */
@ExtendWith(Gateways.class)
class SpecConformanceTest {

    private final Endpoint gateway;
    private final Contract contract = new Contract();

    SpecConformanceTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    /** The validator cannot read multipart bodies and reports every one as missing; nothing else is overlooked. */
    private RequestSpecification checked() {
        ValidationErrorsWhitelist multipart = ValidationErrorsWhitelist.create().withRule("multipart request bodies",
                WhitelistRules.allOf(messageHasKey("validation.request.body.missing"),
                        WhitelistRules.headerContainsSubstring("Content-Type", "multipart/form-data")));
        return checkedBy(OpenApiInteractionValidator.createForInlineApiSpecification(contract.text())
                .withWhitelist(multipart).build());
    }

    /** For requests that are wrong on purpose: only the answer is held against the document. */
    private RequestSpecification answerChecked() {
        return checkedBy(OpenApiInteractionValidator.createForInlineApiSpecification(contract.text())
                .withLevelResolver(LevelResolver.create()
                        .withLevel("validation.request", ValidationReport.Level.IGNORE).build())
                .build());
    }

    private RequestSpecification checkedBy(OpenApiInteractionValidator validator) {
        return given().baseUri(gateway.baseUrl().toString()).header("Authorization", "Bearer " + gateway.key())
                .filter(new OpenApiValidationFilter(validator));
    }

    @Test
    void models() {
        checked().get("/v1/models").then().statusCode(200).body("object", equalTo("list")).body("data.id",
                hasItems("gpt-image-1", "gpt-image-2", "dall-e-2"));
        checked().get("/v1/models/{model}", "dall-e-2").then().statusCode(200)
                .body("capabilities.square_images_only", equalTo(true))
                .body("capabilities.sizes.values", hasItems("256x256", "512x512", "1024x1024"));
        checked().get("/v1/models/{model}", "gpt-image-9").then().statusCode(404).body("error.code",
                equalTo("model_not_found"));
    }

    @Test
    void health() {
        checked().get("/healthz").then().statusCode(200).body("status", equalTo("ok"));
        checked().get("/readyz").then().statusCode(200).body("status", equalTo("ok"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "b64_json"})
    void editsByJson(String responseFormat) {
        checked().contentType("application/json")
                .body("""
                        {"prompt":"a red balloon","model":"gpt-image-2","size":"1024x1024","n":2,"quality":"low",
                         "images":[{"image_url":"%s"}],"response_format":"%s"}"""
                        .formatted(Contract.dataUrl("input.png"), responseFormat))
                .post(Endpoint.EDITS).then().statusCode(200)
                .body("data", hasSize(2)).body("size", equalTo("1024x1024")).header("x-request-id",
                        startsWith("req_"));
    }

    @Test
    void editsByForm() {
        checked().multiPart("image", "input.png", Contract.example("input.png"), "image/png")
                .multiPart("prompt", "a red balloon").multiPart("response_format", "url").post(Endpoint.EDITS).then()
                .statusCode(200).body("data", hasSize(1))
                .body("data[0].url", startsWith(gateway.baseUrl() + "/files/"));
    }

    @Test
    void errors() {
        answerChecked().contentType("application/json").body("{\"prompt\":\"p\"}").post(Endpoint.EDITS).then()
                .statusCode(400).body("error.message", equalTo("images[].image_url is required"));
        answerChecked().contentType("application/json").body("{").post(Endpoint.EDITS).then().statusCode(400);
        answerChecked().header("Authorization", "Bearer sk-wrong").get("/v1/models").then().statusCode(401);
        answerChecked().contentType("text/plain").body("x").post(Endpoint.EDITS).then().statusCode(415);
        answerChecked().get("/files/{name}", "img_0.png").then().statusCode(404);
    }

    /** The filter would be of no use if it let everything through. */
    @Test
    void theFilterRefusesWhatTheDocumentDoesNotKnow() {
        assertThatExceptionOfType(OpenApiValidationFilter.OpenApiValidationException.class).isThrownBy(
                () -> checked().contentType("application/json").body("{\"prompt\":\"p\",\"seed\":1}")
                        .post(Endpoint.EDITS))
                .withMessageContaining("seed");
        assertThatExceptionOfType(OpenApiValidationFilter.OpenApiValidationException.class)
                .isThrownBy(() -> checked().get("/v1/nothing"));
    }
}
