package dev.retouch.client;

import java.io.IOException;
import java.util.Map;
import java.util.Objects;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.client.model.ErrorCode;
import dev.retouch.client.model.GatewayAdditions;
import dev.retouch.client.model.Model;
import dev.retouch.client.model.ModelCapabilities;
import dev.retouch.client.model.ParameterCapability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class ModelsTest {

    private static final String MODEL = """
            {"id":"gpt-image-2","object":"model","created":1776729600,"owned_by":"openai","capabilities":{
            "input_formats":["png"],"max_images":16,"max_image_bytes":52428800,"max_prompt_characters":32000,
            "square_images_only":false,"parameters":{"n":{"minimum":1,"maximum":10}},"sizes":{"values":["auto"]},
            "sunset":"2026-12-01","gateway":{"mask":"enforced"}}}""";

    private final RecordingGateway gateway;
    private final RetouchClient retouch;

    ModelsTest() throws IOException {
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void allModelsAreListed() {
        gateway.repliesJson("{\"object\":\"list\",\"data\":[" + MODEL + "]}");

        assertThat(retouch.models()).singleElement().returns("gpt-image-2", Model::getId);
        assertThat(gateway.only().path()).isEqualTo("/v1/models");
        assertThat(gateway.only().header("authorization")).isEqualTo("Bearer " + RecordingGateway.KEY);
        assertThat(gateway.only().header("user-agent")).startsWith("retouch-java/");
    }

    @Test
    void oneModelTellsWhatItTakes() {
        gateway.repliesJson(MODEL);
        Model model = retouch.model("gpt-image-2");

        assertThat(gateway.only().path()).isEqualTo("/v1/models/gpt-image-2");
        ModelCapabilities takes = Objects.requireNonNull(model.getCapabilities());
        assertThat(takes.getMaxImageBytes()).isEqualTo(52_428_800);
        assertThat(takes.getGateway()).isEqualTo(new GatewayAdditions().mask(GatewayAdditions.MaskEnum.ENFORCED));
        assertThat(takes.getParameters())
                .containsExactly(Map.entry("n", new ParameterCapability().minimum(1).maximum(10)));
        assertThat(takes.getSunset()).hasToString("2026-12-01");
    }

    @Test
    void aModelThatDoesNotExistIsAFailureLikeAnyOther() {
        gateway.replies(404, "application/json", "{\"error\":{\"message\":\"The model `x` does not exist.\","
                + "\"type\":\"invalid_request_error\",\"param\":\"model\",\"code\":\"model_not_found\"}}",
                "X-Request-Id", "req_9");
        RetouchException failure = catchThrowableOfType(RetouchException.class, () -> retouch.model("x"));

        assertThat(failure).hasMessage("The model `x` does not exist.");
        assertThat(failure.status()).isEqualTo(404);
        assertThat(failure.code()).contains(ErrorCode.MODEL_NOT_FOUND);
        assertThat(failure.requestId()).contains("req_9");
    }

    @Test
    void addressesAndKeysThatCannotWorkAreRefusedAtOnce() {
        assertThatIllegalArgumentException().isThrownBy(() -> RetouchClient.at("localhost:8080"));
        assertThatIllegalArgumentException().isThrownBy(() -> RetouchClient.at("http://localhost").withKey(" "));
    }
}
