package dev.retouch.mock.error;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** Creates the errors of the provider, with a factory method for each message. */
public final class ProviderErrors {

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final String USER_ERROR = "image_generation_user_error";

    private ProviderErrors() {}

    public static ApiErrorException badRequest(String sentence, @Nullable String param, @Nullable String code) {
        return new ApiErrorException(400, INVALID_REQUEST, sentence, param, code, Map.of());
    }

    public static ApiErrorException missing(String parameter) {
        return badRequest("Missing required parameter: '" + parameter + "'.", parameter, "missing_required_parameter");
    }

    public static ApiErrorException unknownParameter(String parameter) {
        return badRequest("Unknown parameter: '" + parameter + "'.", parameter, "unknown_parameter");
    }

    public static ApiErrorException duplicate(String parameter) {
        return badRequest("Duplicate parameter: '" + parameter + "'. You provided multiple values for this parameter, "
                + "whereas only one is allowed. If you are trying to provide a list of values, use the array syntax "
                + "instead e.g. '" + parameter + "[]=<value>'.", parameter, "duplicate_parameter");
    }

    public static ApiErrorException mutuallyExclusive(String one, String other) {
        return badRequest("Mutually exclusive parameters: '" + one + "' and '" + other
                + "'. Ensure you are only providing one of these parameters.", one, "mutually_exclusive_parameters");
    }

    public static ApiErrorException wrongType(String parameter, String expected, String actual) {
        return badRequest("Invalid type for '" + parameter + "': expected " + expected + ", but got " + actual
                + " instead.", parameter, "invalid_type");
    }

    public static ApiErrorException notAmong(String parameter, String value, Collection<String> supported) {
        String list = supported.stream().map(each -> "'" + each + "'").collect(Collectors.joining(", "));
        return badRequest("Invalid value: '" + value + "'. Supported values are: " + list + ".", parameter,
                "invalid_value");
    }

    public static ApiErrorException invalidValue(String parameter, String sentence) {
        return badRequest(sentence, parameter, "invalid_value");
    }

    public static ApiErrorException tooSmall(String parameter, int least, long actual) {
        return badRequest("Invalid '" + parameter + "': integer below minimum value. Expected a value >= " + least
                + ", but got " + actual + " instead.", parameter, "integer_below_min_value");
    }

    public static ApiErrorException tooLarge(String parameter, int max, long actual) {
        return badRequest("Invalid '" + parameter + "': integer above maximum value. Expected a value <= " + max
                + ", but got " + actual + " instead.", parameter, "integer_above_max_value");
    }

    public static ApiErrorException tooLong(String parameter, int max, long actual) {
        return badRequest("Invalid '" + parameter + "': string too long. Expected a string with maximum length " + max
                + ", but got a string with length " + actual + " instead.", parameter, "string_above_max_length");
    }

    public static ApiErrorException tooMany(String parameter, int most, int actual) {
        return badRequest("Invalid '" + parameter + "': array too long. Expected an array with maximum length " + most
                + ", but got an array with length " + actual + " instead.", parameter, "array_above_max_length");
    }

    public static ApiErrorException emptyImage(String parameter) {
        return badRequest("Invalid file '" + parameter + "': file is empty.", parameter, "empty_image_file");
    }

    public static ApiErrorException imageTooLarge(String parameter, long belowBytes) {
        return badRequest("Invalid file '" + parameter + "': file is too large. Images must be less than "
                + belowBytes / (1024 * 1024) + " MB.", parameter, "image_file_too_large");
    }

    public static ApiErrorException unsupportedImage(String parameter, String found, Collection<String> supported) {
        String list = supported.stream().map(each -> "'image/" + each + "'").collect(Collectors.joining(", "));
        return badRequest("Invalid file '" + parameter + "': unsupported mimetype ('" + found
                + "'). Supported file formats are " + list + ".", parameter, "unsupported_file_mimetype");
    }

    public static ApiErrorException invalidImage(String parameter, String sentence) {
        return new ApiErrorException(400, USER_ERROR, sentence, parameter, "invalid_image_file", Map.of());
    }

    public static ApiErrorException invalidMask(String sentence) {
        return new ApiErrorException(400, USER_ERROR, "Invalid mask image format - " + sentence, "mask",
                "invalid_mask_image_format", Map.of());
    }

    /** The refusal of the safety system. */
    public static ApiErrorException moderationBlocked() {
        return new ApiErrorException(400, USER_ERROR,
                "Your request was rejected by the safety system. safety_violations=[violence].", null,
                "moderation_blocked", Map.of());
    }

    public static ApiErrorException unauthorized(String sentence) {
        return new ApiErrorException(401, INVALID_REQUEST, sentence, null, "invalid_api_key", Map.of());
    }

    public static ApiErrorException modelNotFound(String model) {
        return new ApiErrorException(404, INVALID_REQUEST, "The model `" + model + "` does not exist", "model",
                "model_not_found", Map.of());
    }

    public static ApiErrorException notFound(String method, String path) {
        return new ApiErrorException(404, INVALID_REQUEST, "Invalid URL (" + method + " " + path + ")", null,
                "unknown_url",
                Map.of());
    }

    public static ApiErrorException wrongMethod(String method, String path, String allowed) {
        return new ApiErrorException(405, INVALID_REQUEST, "Invalid method for URL (" + method + " " + path + ")", null,
                "method_not_supported", Map.of("Allow", allowed));
    }

    public static ApiErrorException bodyTooLarge(long most) {
        return new ApiErrorException(413, INVALID_REQUEST, "The request body is larger than " + most + " bytes.", null,
                "request_too_large", Map.of());
    }

    public static ApiErrorException unsupportedMediaType(String found, String accepted) {
        return new ApiErrorException(415, INVALID_REQUEST, "Unsupported content type: '" + found
                + "'. This API method only accepts " + accepted + " requests.", null, "unsupported_content_type",
                Map.of());
    }

    public static ApiErrorException internal() {
        return new ApiErrorException(500, "server_error",
                "The server had an error while processing your request. Sorry about that!", null, "internal_error",
                Map.of());
    }

    /** Returns the error of a scripted status, with the type and code of a provider. */
    public static ApiErrorException scripted(int status, Map<String, String> headers) {
        return switch (status) {
            case 401 ->
                new ApiErrorException(status, INVALID_REQUEST, "Incorrect API key provided.", null, "invalid_api_key",
                        headers);
            case 429 -> new ApiErrorException(status, "rate_limit_error",
                    "Rate limit reached for images. Please try again later.", null, "rate_limit_exceeded", headers);
            case 503 ->
                new ApiErrorException(status, "server_error", "The engine is currently overloaded, please try again "
                        + "later.", null, "server_overloaded", headers);
            default -> new ApiErrorException(status, status >= 500 ? "server_error" : INVALID_REQUEST,
                    "This answer was scripted: status " + status + ".", null, status >= 500 ? "server_error" : null,
                    headers);
        };
    }
}
