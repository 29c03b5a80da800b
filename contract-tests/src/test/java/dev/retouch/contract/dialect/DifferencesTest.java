package dev.retouch.contract.dialect;

import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** An upstream that returns something else than was asked for is not taken for one that did what it should. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DifferencesTest {

    private static final String WARNING = "x-retouch-warning";
    private static final Form TWO = Trials.image(Pictures.opaque()).text("prompt", "p").text("size", "1024x640")
            .text("n", "2");

    private final RunningGateway warned;
    private final RunningGateway refusing;
    private final RunningGateway ignoring;

    DifferencesTest() {
        Gateways.ownOnly();
        warned = RunningGateway.start();
        refusing = RunningGateway.start(Map.of("RETOUCH_EDITS_MISMATCH", "refuse"));
        ignoring = RunningGateway.start(Map.of("RETOUCH_EDITS_MISMATCH", "ignore"));
    }

    @AfterAll
    void stop() {
        warned.close();
        refusing.close();
        ignoring.close();
    }

    @ParameterizedTest
    @CsvSource({"b64_json", "url"})
    void fewerImagesAreReportedInAHeader(String format) {
        warned.sandbox().scenarios().next(new Scenario.FewerImages(1));
        Reply fewer = warned.endpoint().editWithTrailers(TWO.text("response_format", format));
        assertThat(fewer.images()).hasSize(1);
        assertThat(fewer.header(WARNING)).contains("asked for 2 images, got 1");
        Reply whole = warned.endpoint().editWithTrailers(TWO.text("response_format", format));
        assertThat(whole.images()).hasSize(2);
        assertThat(whole.header(WARNING)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"b64_json", "url"})
    void fewerImagesAreAnErrorWhereThatIsWanted(String format) {
        refusing.sandbox().scenarios().next(new Scenario.FewerImages(1));
        Reply reply = refusing.endpoint().edit(TWO.text("response_format", format));
        assertThat(reply.status()).isEqualTo(502);
        assertThat(reply.error().path("code").asText()).isEqualTo("upstream_failed");
        assertThat(reply.error().path("message").asText()).contains("asked for 2 images, got 1");
        assertThat(reply.header("x-should-retry")).as("they may have been charged").contains("false");
        assertThat(refusing.endpoint().edit(TWO.text("response_format", format)).images()).hasSize(2);
    }

    @Test
    void ignoresMismatchesIfConfigured() {
        ignoring.sandbox().scenarios().next(new Scenario.FewerImages(1));
        Reply reply = ignoring.endpoint().edit(TWO);
        assertThat(reply.images()).hasSize(1);
        assertThat(reply.header(WARNING)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            b64_json | output_format | webp | asked for 1024x640, got 64x64; asked for webp, got png
            url      | output_format | webp | asked for 1024x640, got 64x64; asked for webp, got png
            b64_json | user          | u    | asked for 1024x640, got 64x64
            url      | user          | u    | asked for 1024x640, got 64x64
            """)
    void otherSizeAndFormatAreReported(String format, String parameter, String value, String warning) {
        warned.sandbox().scenarios().next(new Scenario.Status(200, Optional.of("""
                {"created":1,"data":[{"b64_json":"%s"}]}""".formatted(Pictures.base64(Pictures.opaque()))),
                "application/json", Map.of()));
        Reply reply = warned.endpoint().edit(Trials.image(Pictures.opaque()).text("prompt", "p")
                .text("size", "1024x640").text("response_format", format).text(parameter, value));
        assertThat(reply.images()).hasSize(1);
        assertThat(reply.header(WARNING)).contains(warning);
    }
}
