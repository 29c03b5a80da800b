package dev.retouch.server.error;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorMessage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class ErrorCatalogueTest {

    private static final Pattern WORD = Pattern.compile("\\{([^}]*)}");

    private final ErrorCatalogue catalogue = new ErrorCatalogue(ContractDocument.schemas());

    @ParameterizedTest
    @EnumSource
    void everyMessageCanBeFilledIn(ErrorMessage message) {
        ApiException failure = new ApiException(message, "the-param");
        Matcher word = WORD.matcher(message.getValue());
        while (word.find()) {
            failure = failure.withArgument(word.group(1), "<" + word.group(1) + ">");
        }
        String text = catalogue.textOf(failure);

        assertThat(text).isNotBlank().doesNotContain("{", "}");
        assertThat(text).isEqualTo(message.getValue().replace("{param}", "the-param").replace('{', '<')
                .replace('}', '>'));
        assertThat(catalogue.ruleOf(failure).status()).isBetween(400, 599);
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeHasItsRule(ErrorCode code) {
        ErrorRule rule = catalogue.ruleOf(code);
        assertThat(rule.code()).isEqualTo(code);
        assertThat(rule.type()).isNotNull();
        assertThat(rule.retryAfter() == null || rule.retry()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(nullValues = "-", textBlock = """
            PLATFORM_IS_NOT_SUPPORTED,       404, not_found_error,       -,      Images API is not supported for this platform
            IMAGE_URL_IS_REQUIRED,           400, invalid_request_error, images, images[].image_url is required
            IMAGE_FILE_ID_IS_NOT_SUPPORTED,  400, invalid_request_error, images, images[].file_id is not supported
            IMAGE_FILE_IS_REQUIRED,          400, invalid_request_error, image,  image file is required
            MASK_FILE_ID_IS_NOT_SUPPORTED,   400, invalid_request_error, mask,   mask.file_id is not supported
            """)
    void theFiveDocumentedErrorsAreAnsweredAsTheyStand(ErrorMessage message, int status, String type,
            @Nullable String param, String text) {
        ApiException failure = new ApiException(message);
        assertThat(catalogue.textOf(failure)).isEqualTo(text);
        assertThat(catalogue.ruleOf(failure).status()).isEqualTo(status);
        assertThat(catalogue.ruleOf(failure).type().getValue()).isEqualTo(type);
        assertThat(catalogue.paramOf(failure)).isEqualTo(Optional.ofNullable(param));
    }

    @Test
    void theContractsParamBeatsTheFailures() {
        assertThat(catalogue.paramOf(new ApiException(ErrorMessage.MODEL_DOES_NOT_EXIST, "other"))).hasValue("model");
        assertThat(catalogue.paramOf(new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "prompt"))).hasValue("prompt");
    }

    /** An argument that a client chose is text; a placeholder in it is not replaced. */
    @Test
    void wordsAreFilledInOnce() {
        assertThat(catalogue.textOf(new ApiException(ErrorMessage.VALUE_IS_NOT_SUPPORTED, "q")
                .withArgument("value", "{supported} $1 \\").withArgument("supported", "'{value}'")))
                .isEqualTo("Invalid value: '{supported} $1 \\'. Supported values are: '{value}'.");
    }

    @Test
    void aFailureKeepsWhatItWasGiven() {
        IllegalStateException cause = new IllegalStateException("inside");
        ApiException failure = new ApiException(ErrorMessage.STRING_IS_TOO_LONG, "prompt").withCause(cause)
                .retryAfter(Duration.ofSeconds(3)).withArgument("maximum", 5);

        assertThat(failure.getCause()).isSameAs(cause);
        assertThat(failure.retryAfter()).hasValue(Duration.ofSeconds(3));
        assertThat(failure.arguments()).containsEntry("maximum", "5");
        assertThat(failure.param()).hasValue("prompt");
        assertThat(failure.getStackTrace()).isEmpty();
    }

    @Test
    void aGapBetweenContractAndCodeStopsTheStart() {
        refused(schemas -> at(schemas, "ErrorCode", "x-errors").remove("queue_full"), "queue_full");
        refused(schemas -> at(schemas, "ErrorMessage", "x-messages").remove("KEY_IS_WRONG"), "KEY_IS_WRONG");
        refused(schemas -> at(schemas, "ErrorCode", "x-errors").putObject("new_code").put("status", 400),
                "codes or messages that do not exist");
        refused(schemas -> at(schemas, "ErrorMessage", "x-messages").putObject("NEW").put("code", "queue_full"),
                "codes or messages that do not exist");
        refused(schemas -> at(schemas, "ErrorCode", "x-errors").withObject("/queue_full").put("type", "odd"), "odd");
        refused(schemas -> at(schemas, "ErrorMessage", "x-messages").withObject("/KEY_IS_WRONG").put("code", "odd"),
                "odd");
        refused(schemas -> schemas.remove("ErrorCode"), "does not describe");
    }

    private static ObjectNode at(ObjectNode schemas, String schema, String table) {
        return schemas.withObject("/" + schema).withObject("/" + table);
    }

    private static void refused(Consumer<ObjectNode> change, String reason) {
        ObjectNode schemas = (ObjectNode) ContractDocument.schemas();
        change.accept(schemas);
        assertThatThrownBy(() -> new ErrorCatalogue(schemas)).isInstanceOf(RuntimeException.class)
                .hasMessageContaining(reason);
    }
}
