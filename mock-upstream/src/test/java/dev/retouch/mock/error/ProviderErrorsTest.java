package dev.retouch.mock.error;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** What callers read when they are refused, letter by letter: the gateway passes it on, and its clients look for it. */
class ProviderErrorsTest {

    private static final List<String> FORMATS = List.of("png", "webp");

    static Stream<Arguments> texts() {
        return Stream.of(
                arguments(ProviderErrors.missing("prompt"), "Missing required parameter: 'prompt'."),
                arguments(ProviderErrors.unknownParameter("foo"), "Unknown parameter: 'foo'."),
                arguments(ProviderErrors.duplicate("image"),
                        "Duplicate parameter: 'image'. You provided multiple values for this parameter, whereas only one"
                                + " is allowed. If you are trying to provide a list of values, use the array syntax"
                                + " instead e.g. 'image[]=<value>'."),
                arguments(ProviderErrors.mutuallyExclusive("image", "image[]"),
                        "Mutually exclusive parameters: 'image' and 'image[]'. Ensure you are only providing one of"
                                + " these parameters."),
                arguments(ProviderErrors.wrongType("n", "an integer", "a string"),
                        "Invalid type for 'n': expected an integer, but got a string instead."),
                arguments(ProviderErrors.notAmong("size", "300x300", FORMATS),
                        "Invalid value: '300x300'. Supported values are: 'png', 'webp'."),
                arguments(ProviderErrors.tooSmall("n", 1, 0),
                        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead."),
                arguments(ProviderErrors.tooLarge("n", 10, 11),
                        "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead."),
                arguments(ProviderErrors.tooLong("prompt", 1000, 1001),
                        "Invalid 'prompt': string too long. Expected a string with maximum length 1000, but got a string"
                                + " with length 1001 instead."),
                arguments(ProviderErrors.tooMany("image", 16, 17),
                        "Invalid 'image': array too long. Expected an array with maximum length 16, but got an array with"
                                + " length 17 instead."),
                arguments(ProviderErrors.emptyImage("image"), "Invalid file 'image': file is empty."),
                arguments(ProviderErrors.imageTooLarge("mask", 4 << 20),
                        "Invalid file 'mask': file is too large. Images must be less than 4 MB."),
                arguments(ProviderErrors.unsupportedImage("image", "image/gif", FORMATS),
                        "Invalid file 'image': unsupported mimetype ('image/gif'). Supported file formats are"
                                + " 'image/png', 'image/webp'."),
                arguments(ProviderErrors.modelNotFound("m"), "The model `m` does not exist"),
                arguments(ProviderErrors.notFound("GET", "/v2"), "Invalid URL (GET /v2)"),
                arguments(ProviderErrors.wrongMethod("PUT", "/v1", "POST"), "Invalid method for URL (PUT /v1)"),
                arguments(ProviderErrors.bodyTooLarge(5), "The request body is larger than 5 bytes."),
                arguments(ProviderErrors.internal(),
                        "The server had an error while processing your request. Sorry about that!"),
                arguments(ProviderErrors.scripted(401, Map.of()), "Incorrect API key provided."),
                arguments(ProviderErrors.scripted(429, Map.of()),
                        "Rate limit reached for images. Please try again later."),
                arguments(ProviderErrors.scripted(503, Map.of()),
                        "The engine is currently overloaded, please try again later."));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("texts")
    void saysExactly(ApiErrorException refusal, String message) {
        assertThat(refusal.sentence()).isEqualTo(message);
    }
}
