package dev.retouch.contract.conformance;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** What a gateway announces in {@code capabilities.gateway} holds, for upstream kinds with different needs. */
class GatewayPromisesTest {

    GatewayPromisesTest() {
        Gateways.ownOnly();
    }

    @ParameterizedTest
    @CsvSource({"gemini, gemini-3.1-flash-image, ''", "xai, grok-imagine-image, gateway/n-",
            "bfl, flux-2-pro, gateway/size-"})
    void whatIsAnnouncedHolds(String kind, String model, String notAnnounced) {
        try (RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_SANDBOX_KIND", kind))) {
            Ran ran = Ran.at(Path.of("target", "conformance", kind), gateway.endpoint().key(), "--base-url",
                    gateway.baseUrl().toString(), "--paid", "--dialect", "gateway", "--model", "gpt-image-2=" + model);

            assertThat(ran.ended("differs")).as(ran.out()).isEmpty();
            assertThat(ran.exitCode()).as(ran.err()).isZero();
            List<String> notRun = ran.ended("not_run");
            assertThat(notRun).allMatch(id -> !notAnnounced.isEmpty() && id.startsWith(notAnnounced));
            assertThat(notRun.isEmpty()).isEqualTo(notAnnounced.isEmpty());
            assertThat(ran.found("gateway/refusal").path("answer").path("body").asText())
                    .contains("moderation_blocked");
        }
    }
}
