package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;

class StrictJsonTest {

    private static ImageEditJson read(String json) throws IOException {
        return (ImageEditJson) StrictJson.read(StrictJson.ofEdits(ImageEditJson.class),
                new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), new Exchange("req_test", 0));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"n": "3"} | n | an integer | a string
            {"n": 1.5} | n | an integer | a decimal number
            {"n": true} | n | an integer | a boolean
            {"n": [1, 2]} | n | an integer | an array
            {"n": {}} | n | an integer | an object
            {"prompt": 7} | prompt | a string | an integer
            {"prompt": {"a": 1}} | prompt | a string | an object
            {"stream": "true"} | stream | a boolean | a string
            {"stream": 1} | stream | a boolean | an integer
            {"images": [7]} | images[0] | an object | an integer
            {"images": [{"image_url": 7}]} | images[0].image_url | a string | an integer
            {"mask": 1.5} | mask | an object | a decimal number
            {"mask": true} | mask | an object | a boolean
            {"mask": [{}, {}]} | mask | an object | an array
            """)
    void wrongTypeIsReportedWithItsPath(String json, String param, String expected, String actual) {
        Failures.assertRefused(() -> read(json), ErrorMessage.TYPE_IS_WRONG, param,
                "Invalid type for '" + param + "': expected " + expected + ", but got " + actual + " instead.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"images": [{"image_url": "x", "file": "y"}]}  | images[0].file
            {"mask": {"uri": "x"}}                         | mask.uri
            {"image": [{"data": "x"}]}                     | image[0].data
            {"images": [{"image_url": {"url": "x", "detail": "low"}}]} | images[0].image_url.detail
            """)
    void unknownParameterIsReportedWithItsPath(String json, String param) {
        Failures.assertRefused(() -> read(json), ErrorMessage.PARAMETER_IS_UNKNOWN, param,
                "Unknown parameter: '" + param + "'.");
    }

    /** What is done with these is a setting, so they are kept for the rules. */
    @Test
    void unknownParametersOfTheDocumentAreKept() throws IOException {
        Exchange exchange = new Exchange("req_test", 0);
        StrictJson.read(StrictJson.ofEdits(ImageEditJson.class), new ByteArrayInputStream(
                "{\"qualty\": \"low\", \"seed\": 7, \"extra\": {\"a\": [1]}}".getBytes(StandardCharsets.UTF_8)),
                exchange);

        assertThat(exchange.unknownParameters()).containsExactly(Map.entry("qualty", "low"), Map.entry("seed", "7"),
                Map.entry("extra", "{\"a\":[1]}"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "   ", "null", "7", "\"text\"", "[]", "{", "{\"n\": 1,}", "{\"n\": 1} x",
            "{\"n\": 1, \"n\": 2}", "\u0000", "{\u0000\u0000\u0000\"mot{\"m"})
    void refusesMalformedDocuments(String json) {
        String text = Failures.text(Failures.of(() -> read(json)));
        assertThat(text).startsWith("The JSON body could not be read: ").endsWith(".").hasSizeLessThan(200)
                .doesNotContain("jackson", "java.", "dev.retouch", "Source", "StreamRead", "[", "reference chain");
    }

    @Test
    void theMistakeHasAPlace() {
        String text = Failures.text(Failures.of(() -> read("{\"prompt\": \"x\",\n  \"n\": nope}")));
        assertThat(text).startsWith("The JSON body could not be read: Unrecognized token 'nope'")
                .contains(" at line 2, column ");
    }

    @Test
    void anIntegerBeyondAllBoundsIsKeptAsDigits() throws IOException {
        Exchange exchange = new Exchange("req_test", 0);
        StrictJson.read(StrictJson.ofEdits(ImageEditJson.class), new ByteArrayInputStream(
                "{\"n\": 99999999999999999999}".getBytes(StandardCharsets.UTF_8)), exchange);

        assertThat(exchange.largeInteger("n")).hasValue("99999999999999999999"); // the rules of the model refuse it
    }

    @Test
    void oneValueStandsForAList() throws IOException {
        assertThat(read("{\"images\": {\"image_url\": \"x\"}}").getImages()).hasSize(1);
        assertThat(read("{\"image\": \"x\"}").getImage()).containsExactly("x");
    }

    @Test
    void nullMeansNotGiven() throws IOException {
        ImageEditJson edit = read(
                "{\"prompt\": null, \"n\": null, \"stream\": null, \"mask\": null, \"images\": null}");
        assertThat(edit.getN()).isNull();
        assertThat(edit.getStream()).isNull();
        assertThat(edit.getPrompt()).isNull();
        assertThat(edit.getMask()).isNull();
        assertThat(edit.getImages()).isNull();
    }
}
