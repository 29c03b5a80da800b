package dev.retouch.contract.upstream;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Models say what the gateway adds to their upstreams; what no upstream of an API key can do is refused before anything is sent. */
class KindRefusalTest {

    private final Contract contract = new Contract();
    private final Providers providers;

    KindRefusalTest(@TempDir Path folder) {
        Gateways.ownOnly();
        providers = new Providers(folder);
    }

    private static Form edit(String model) {
        return Form.empty().text("model", model).text("prompt", "a red balloon").file("image", "a.png", "image/png",
                Contract.example("input.png"));
    }

    @Test
    void refusesWhatNoUpstreamCanDo() {
        try (Providers one = providers.provider("google", "  kind: gemini\n"); RunningGateway gateway = one.gateway()) {
            Endpoint caller = Providers.caller(gateway);

            Reply unserved = caller.edit(edit("gpt-image-2"));
            assertThat(unserved.status()).as(unserved.beginning()).isEqualTo(404);
            contract.assertValid("ErrorEnvelope", unserved.text());
            assertThat(unserved.error().path("code").asText()).isEqualTo("model_not_found");
            assertThat(unserved.error().path("param").asText()).isEqualTo("model");
            assertThat(unserved.error().path("message").asText())
                    .isEqualTo("No upstream of this API key serves the model 'gpt-image-2'.");

            Reply masked = caller.edit(edit("gemini-2.5-flash-image").file("mask", "m.png", "image/png",
                    Contract.example("mask.png")));
            assertThat(masked.status()).as(masked.beginning()).isEqualTo(400);
            contract.assertValid("ErrorEnvelope", masked.text());
            assertThat(masked.error().path("code").asText()).isEqualTo("unknown_parameter");
            assertThat(masked.error().path("param").asText()).isEqualTo("mask");
            assertThat(masked.error().path("message").asText())
                    .isEqualTo("The upstreams of this API key cannot do 'mask' as requested: it has no masks.");
            assertThat(one.named("google").journal().entries()).isEmpty();

            Reply model = caller.get("/v1/models/gemini-2.5-flash-image");
            contract.assertValid("Model", model.text());
            assertThat(model.json().at("/capabilities/gateway").toString())
                    .isEqualTo("{\"mask\":\"enforced\",\"n\":\"fan-out\",\"size\":\"nearest\"}");
        }
    }
}
