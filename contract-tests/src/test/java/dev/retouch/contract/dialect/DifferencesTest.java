package dev.retouch.contract.dialect;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** An upstream that returns something else than was asked for is not taken for one that did what it should. */
class DifferencesTest {

    private static final String WARNING = "x-retouch-warning";
    private static final Form TWO = Trials.image(Pictures.opaque()).text("prompt", "p").text("size", "1024x640")
            .text("n", "2");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    private static RunningGateway gateway(String differences) {
        return RunningGateway.start(Map.of("RETOUCH_EDITS_DIFFERENCES", differences));
    }

    @ParameterizedTest
    @CsvSource({"b64_json", "url"})
    void fewerImagesAreToldInAHeader(String format) {
        try (RunningGateway gateway = RunningGateway.start()) {
            gateway.sandbox().scenarios().next(new Scenario.FewerImages(1));
            Reply fewer = gateway.endpoint().edit(TWO.text("response_format", format));
            assertThat(fewer.images()).hasSize(1);
            assertThat(fewer.header(WARNING)).contains("asked for 2 images, got 1");
            Reply whole = gateway.endpoint().edit(TWO.text("response_format", format));
            assertThat(whole.images()).hasSize(2);
            assertThat(whole.header(WARNING)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"b64_json", "url"})
    void fewerImagesAreAnErrorWhereThatIsWanted(String format) {
        try (RunningGateway gateway = gateway("refuse")) {
            gateway.sandbox().scenarios().next(new Scenario.FewerImages(1));
            Reply reply = gateway.endpoint().edit(TWO.text("response_format", format));
            assertThat(reply.status()).isEqualTo(502);
            assertThat(reply.error().path("code").asText()).isEqualTo("upstream_failed");
            assertThat(reply.error().path("message").asText()).contains("asked for 2 images, got 1");
            assertThat(reply.header("x-should-retry")).as("they may have been charged").contains("false");
            assertThat(gateway.endpoint().edit(TWO.text("response_format", format)).images()).hasSize(2);
        }
    }

    @Test
    void nobodyLooksWhereThatIsWanted() {
        try (RunningGateway gateway = gateway("ignore")) {
            gateway.sandbox().scenarios().next(new Scenario.FewerImages(1));
            Reply reply = gateway.endpoint().edit(TWO);
            assertThat(reply.images()).hasSize(1);
            assertThat(reply.header(WARNING)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            b64_json | output_format | webp | asked for 1024x640, got 64x64; asked for webp, got png
            url      | output_format | webp | asked for 1024x640, got 64x64; asked for webp, got png
            b64_json | user          | u    | asked for 1024x640, got 64x64
            url      | user          | u    | asked for 1024x640, got 64x64
            """)
    void anotherSizeAndFormatAreTold(String format, String parameter, String value, String warning) {
        try (RunningGateway gateway = RunningGateway.start()) {
            gateway.sandbox().scenarios().next(new Scenario.Status(200, Optional.of("""
                    {"created":1,"data":[{"b64_json":"%s"}]}""".formatted(Pictures.base64(Pictures.opaque()))),
                    "application/json", Map.of()));
            Reply reply = gateway.endpoint().edit(Trials.image(Pictures.opaque()).text("prompt", "p")
                    .text("size", "1024x640").text("response_format", format).text(parameter, value));
            assertThat(reply.images()).hasSize(1);
            assertThat(reply.header(WARNING)).contains(warning);
        }
    }
}
