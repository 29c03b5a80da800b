package dev.retouch.mock.error;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The sentences of the provider, one factory for each. */
public final class Refusals {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String USER_ERROR = "image_generation_user_error";

    private Refusals() {}

    public static ApiError badRequest(String sentence, @Nullable String param, @Nullable String code) {
        return new ApiError(400, INVALID_REQUEST, sentence, param, code, Map.of());
    }

    public static ApiError missing(String parameter) {
        return badRequest("Missing required parameter: '" + parameter + "'.", parameter, "missing_required_parameter");
    }

    public static ApiError unknownParameter(String parameter) {
        return badRequest("Unknown parameter: '" + parameter + "'.", parameter, "unknown_parameter");
    }

    public static ApiError duplicate(String parameter) {
        return badRequest("Duplicate parameter: '" + parameter + "'. You provided multiple values for this parameter, "
                + "whereas only one is allowed. If you are trying to provide a list of values, use the array syntax "
                + "instead e.g. '" + parameter + "[]=<value>'.", parameter, "duplicate_parameter");
    }

    public static ApiError mutuallyExclusive(String one, String other) {
        return badRequest("Mutually exclusive parameters: '" + one + "' and '" + other
                + "'. Ensure you are only providing one of these parameters.", one, "mutually_exclusive_parameters");
    }

    public static ApiError wrongType(String parameter, String expected, String actual) {
        return badRequest("Invalid type for '" + parameter + "': expected " + expected + ", but got " + actual
                + " instead.", parameter, "invalid_type");
    }

    public static ApiError notAmong(String parameter, String value, Collection<String> supported) {
        String list = supported.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", "));
        return badRequest("Invalid value: '" + value + "'. Supported values are: " + list + ".", parameter,
                "invalid_value");
    }

    public static ApiError invalidValue(String parameter, String sentence) {
        return badRequest(sentence, parameter, "invalid_value");
    }

    public static ApiError tooSmall(String parameter, int least, long actual) {
        return badRequest("Invalid '" + parameter + "': integer below minimum value. Expected a value >= " + least
                + ", but got " + actual + " instead.", parameter, "integer_below_min_value");
    }

    public static ApiError tooLarge(String parameter, int most, long actual) {
        return badRequest("Invalid '" + parameter + "': integer above maximum value. Expected a value <= " + most
                + ", but got " + actual + " instead.", parameter, "integer_above_max_value");
    }

    public static ApiError tooLong(String parameter, int most, long actual) {
        return badRequest("Invalid '" + parameter + "': string too long. Expected a string with maximum length " + most
                + ", but got a string with length " + actual + " instead.", parameter, "string_above_max_length");
    }

    public static ApiError tooMany(String parameter, int most, int actual) {
        return badRequest("Invalid '" + parameter + "': array too long. Expected an array with maximum length " + most
                + ", but got an array with length " + actual + " instead.", parameter, "array_above_max_length");
    }

    public static ApiError emptyImage(String parameter) {
        return badRequest("Invalid file '" + parameter + "': file is empty.", parameter, "empty_image_file");
    }

    public static ApiError imageTooLarge(String parameter, long belowBytes) {
        return badRequest("Invalid file '" + parameter + "': file is too large. Images must be less than "
                + belowBytes / (1024 * 1024) + " MB.", parameter, "image_file_too_large");
    }

    public static ApiError unsupportedImage(String parameter, String found, Collection<String> supported) {
        String list = supported.stream().map(each -> "'image/" + each + "'").collect(Collectors.joining(", "));
        return badRequest("Invalid file '" + parameter + "': unsupported mimetype ('" + found
                + "'). Supported file formats are " + list + ".", parameter, "unsupported_file_mimetype");
    }

    public static ApiError invalidImage(String parameter, String sentence) {
        return new ApiError(400, USER_ERROR, sentence, parameter, "invalid_image_file", Map.of());
    }

    public static ApiError invalidMask(String sentence) {
        return new ApiError(400, USER_ERROR, "Invalid mask image format - " + sentence, "mask",
                "invalid_mask_image_format", Map.of());
    }

    public static ApiError unauthorized(String sentence) {
        return new ApiError(401, INVALID_REQUEST, sentence, null, "invalid_api_key", Map.of());
    }

    public static ApiError modelNotFound(String model) {
        return new ApiError(404, INVALID_REQUEST, "The model `" + model + "` does not exist", "model",
                "model_not_found", Map.of());
    }

    public static ApiError notFound(String method, String path) {
        return new ApiError(404, INVALID_REQUEST, "Invalid URL (" + method + " " + path + ")", null, "unknown_url",
                Map.of());
    }

    public static ApiError wrongMethod(String method, String path, String allowed) {
        return new ApiError(405, INVALID_REQUEST, "Invalid method for URL (" + method + " " + path + ")", null,
                "method_not_supported", Map.of("Allow", allowed));
    }

    public static ApiError bodyTooLarge(long most) {
        return new ApiError(413, INVALID_REQUEST, "The request body is larger than " + most + " bytes.", null,
                "request_too_large", Map.of());
    }

    public static ApiError unsupportedMediaType(String found, String accepted) {
        return new ApiError(415, INVALID_REQUEST, "Unsupported content type: '" + found
                + "'. This API method only accepts " + accepted + " requests.", null, "unsupported_content_type",
                Map.of());
    }

    public static ApiError internal() {
        return new ApiError(500, "server_error",
                "The server had an error while processing your request. Sorry about that!", null, "internal_error",
                Map.of());
    }

    /** The refusal of a scripted status: the type and code a provider would give with it. */
    public static ApiError scripted(int status, Map<String, String> headers) {
        return switch (status) {
            case 401 -> new ApiError(status, INVALID_REQUEST, "Incorrect API key provided.", null, "invalid_api_key",
                    headers);
            case 429 -> new ApiError(status, "rate_limit_error",
                    "Rate limit reached for images. Please try again later.", null, "rate_limit_exceeded", headers);
            case 503 -> new ApiError(status, "server_error", "The engine is currently overloaded, please try again "
                    + "later.", null, "server_overloaded", headers);
            default -> new ApiError(status, status >= 500 ? "server_error" : INVALID_REQUEST,
                    "This answer was scripted: status " + status + ".", null, status >= 500 ? "server_error" : null,
                    headers);
        };
    }
}
