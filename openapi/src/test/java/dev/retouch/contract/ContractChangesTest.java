package dev.retouch.contract;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/** The comparison of contracts is held to documents that were changed on purpose. */
@Tag("slow")
class ContractChangesTest {

    private static final String EDIT = "/paths/~1v1~1images~1edits/post";
    private static final String USAGE = "/paths/~1v1~1usage/get";
    private static final String SCHEMAS = "/components/schemas/";

    private final ContractTree before = ContractTree.read();

    @Test
    void aContractDoesNotDifferFromItself() {
        assertThat(ContractChanges.between(before, new ContractTree(before.root().deepCopy()))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void breaksClients(String line, Consumer<ObjectNode> change) {
        List<Change> changes = after(change);
        assertThat(Change.lines(changes.stream().filter(Change::breaks).toList())).contains(line);
    }

    static Stream<Arguments> breaksClients() {
        return Stream.of(
                changed("the operation is gone: GET /v1/usage",
                        root -> remove(root, "/paths", "/v1/usage")),
                changed("the operation has another operationId (getUsage -> usage): GET /v1/usage",
                        root -> object(root, USAGE).put("operationId", "usage")),
                changed("answer 422 is gone: POST /v1/images/edits",
                        root -> remove(root, EDIT + "/responses", "422")),
                changed("content type text/event-stream is gone: POST /v1/images/edits, answer 200",
                        root -> remove(root, EDIT + "/responses/200/content", "text/event-stream")),
                changed("header 'x-retouch-cost' is gone: POST /v1/images/edits, answer 200",
                        root -> remove(root, EDIT + "/responses/200/headers", "x-retouch-cost")),
                changed("content type application/json is gone: POST /v1/images/edits, request",
                        root -> remove(root, EDIT + "/requestBody/content", "application/json")),
                changed("parameter 'Prefer' in header is gone: POST /v1/images/edits",
                        root -> array(root, EDIT + "/parameters").remove(1)),
                changed("parameter 'currency' in query is new and required: GET /v1/usage",
                        root -> parameter(root, USAGE, "currency", true)),
                changed("parameter 'start' in query is required now: GET /v1/usage",
                        root -> object(root, USAGE + "/parameters/0").put("required", true)),
                changed("the operation takes other credentials: GET /healthz",
                        root -> object(root, "/paths/~1healthz/get").remove("security")),
                changed("field 'user' is gone: POST /v1/images/edits, request (multipart/form-data); "
                        + "POST /v1/images/edits/quote, request (multipart/form-data)",
                        root -> rename(root, SCHEMAS + "ImageEditForm/properties", "user", "end_user")),
                changed("field 'data[].url' is gone: POST /v1/images/edits, answer 200 (application/json)",
                        root -> rename(root, SCHEMAS + "EditedImage/properties", "url", "link")),
                changed("field 'model' is required now: POST /v1/images/edits, request (multipart/form-data); "
                        + "POST /v1/images/edits/quote, request (multipart/form-data)",
                        root -> array(root, SCHEMAS + "ImageEditForm/required").add("model")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void breaksClientsOfManyOperations(String start, Consumer<ObjectNode> change) {
        List<Change> changes = after(change);
        assertThat(Change.lines(changes.stream().filter(Change::breaks).toList()))
                .anySatisfy(line -> assertThat(line).startsWith(start));
    }

    static Stream<Arguments> breaksClientsOfManyOperations() {
        return Stream.of(
                changed("value 'auto' of field 'quality' is gone: POST /v1/images/edits, request",
                        root -> array(root, SCHEMAS + "ImageQuality/enum").remove(0)),
                changed("field 'n' has another type (integer -> string): POST /v1/images/edits, request",
                        root -> object(root, SCHEMAS + "ImageCount").put("type", "string")),
                changed("field 'n' has another range (1 to 10 -> 1 to 4): POST /v1/images/edits, request",
                        root -> object(root, SCHEMAS + "ImageCount").put("maximum", 4)),
                changed("field 'prompt' has another longest text (32000 -> 1000): POST /v1/images/edits, request",
                        root -> object(root, SCHEMAS + "Prompt").put("maxLength", 1000)),
                changed("field 'prompt' has another shortest text (1 -> 3): POST /v1/images/edits, request",
                        root -> object(root, SCHEMAS + "Prompt").put("minLength", 3)),
                changed("field 'image' has another longest list (16 -> 4): POST /v1/images/edits, request",
                        root -> object(root, SCHEMAS + "ImageEditForm/properties/image").put("maxItems", 4)),
                changed("field 'error.code' is gone: POST /v1/images/edits, answer 200 (text/event-stream)",
                        root -> rename(root, SCHEMAS + "ErrorDetail/properties", "code", "reason")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void changesAnError(String line, Consumer<ObjectNode> change) {
        assertThat(after(change)).containsExactly(new Change(true, line, "every operation"));
    }

    static Stream<Arguments> changesAnError() {
        String rules = SCHEMAS + "ErrorCode/x-errors";
        String messages = SCHEMAS + "ErrorMessage/";
        return Stream.of(
                changed("error code 'queue_full' is gone", root -> remove(root, rules, "queue_full")),
                changed("error code 'queue_full' has another status (429 -> 503)",
                        root -> object(root, rules + "/queue_full").put("status", 503)),
                changed("error code 'invalid_value' has another type (invalid_request_error -> server_error)",
                        root -> object(root, rules + "/invalid_value").put("type", "server_error")),
                changed("error code 'queue_full' has another retry (true -> false)",
                        root -> object(root, rules + "/queue_full").put("retry", false)),
                changed("error message 'PLATFORM_IS_NOT_SUPPORTED' has another text (Images API is not supported for this"
                        + " platform -> No images here)",
                        root -> array(root, messages + "enum").set(0, "No images here")),
                changed("error message 'IMAGE_URL_IS_REQUIRED' has another code (missing_required_parameter -> invalid_value)",
                        root -> object(root, messages + "x-messages/IMAGE_URL_IS_REQUIRED").put("code",
                                "invalid_value")),
                changed("error message 'IMAGE_URL_IS_REQUIRED' has another param (images -> none)",
                        root -> remove(root, messages + "x-messages/IMAGE_URL_IS_REQUIRED", "param")),
                changed("error message 'PLATFORM_IS_NOT_SUPPORTED' is gone", root -> {
                    array(root, messages + "enum").remove(0);
                    array(root, messages + "x-enum-varnames").remove(0);
                    remove(root, messages + "x-messages", "PLATFORM_IS_NOT_SUPPORTED");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void breaksNobody(String line, Consumer<ObjectNode> change) {
        List<Change> changes = after(change);
        assertThat(Change.lines(changes)).contains(line);
        assertThat(changes).noneMatch(Change::breaks);
    }

    static Stream<Arguments> breaksNobody() {
        return Stream.of(
                changed("parameter 'currency' in query is new: GET /v1/usage",
                        root -> parameter(root, USAGE, "currency", false)),
                changed("the operation is new: GET /v1/prices",
                        root -> object(root, "/paths").putObject("/v1/prices")
                                .set("get", root.at("/paths/~1v1~1models/get"))),
                changed("answer 418 is new: GET /v1/usage",
                        root -> object(root, USAGE + "/responses").set("418", root.at(USAGE + "/responses/401"))),
                changed("field 'seed' is new: POST /v1/images/edits, request (multipart/form-data); "
                        + "POST /v1/images/edits/quote, request (multipart/form-data)",
                        root -> object(root, SCHEMAS + "ImageEditForm/properties").putObject("seed").put("type",
                                "integer")),
                changed("field 'data[].seed' is new: POST /v1/images/edits, answer 200 (application/json)",
                        root -> object(root, SCHEMAS + "EditedImage/properties").putObject("seed").put("type",
                                "integer")),
                changed("error code 'teapot' is new: every operation",
                        root -> object(root, SCHEMAS + "ErrorCode/x-errors").putObject("teapot").put("status", 418)));
    }

    @Test
    void wordsAreNoDifference() {
        assertThat(after(root -> object(root, EDIT).put("description", "Otherwise.").put("summary", "Otherwise")))
                .isEmpty();
    }

    @Test
    void whatManyOperationsShareIsToldOnce() {
        List<Change> shared = Stream.of("a", "b", "b", "c", "d", "e").map(where -> new Change(true, "x is gone", where))
                .toList();
        assertThat(Change.lines(shared)).containsExactly("x is gone: a; b; c; and 2 more");
    }

    @ParameterizedTest
    @CsvSource({"0.1.0, 0.1.1, false", "0.1.9, 0.2.0, true", "0.9.0, 1.0.0, true", "1.0.0, 1.1.0, false",
            "1.4.0, 2.0.0, true", "1.0.0, 0.9.0, false", "0.2.0, 0.1.0, false", "0.1.0, 0.2.0-rc.1, true"})
    void theVersionSaysWhetherItMayBreak(String published, String current, boolean mayBreak) {
        assertThat(version(current).mayBreak(version(published))).isEqualTo(mayBreak);
    }

    @Test
    void aVersionThatCannotBeComparedIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> version("next")).withMessageContaining("'next'");
    }

    private ContractVersion version(String text) {
        ObjectNode root = before.root().deepCopy();
        object(root, "/info").put("version", text);
        return ContractVersion.of(root);
    }

    private List<Change> after(Consumer<ObjectNode> change) {
        ObjectNode root = before.root().deepCopy();
        change.accept(root);
        assertThat((JsonNode) root).as("the changed document").isNotEqualTo(before.root());
        return ContractChanges.between(before, new ContractTree(root));
    }

    private static Arguments changed(String line, Consumer<ObjectNode> change) {
        return arguments(line, change);
    }

    private static ObjectNode object(JsonNode root, String pointer) {
        return (ObjectNode) root.requiredAt(pointer);
    }

    private static ArrayNode array(JsonNode root, String pointer) {
        return (ArrayNode) root.requiredAt(pointer);
    }

    private static void remove(JsonNode root, String pointer, String name) {
        assertThat(object(root, pointer).remove(name)).as("%s of %s", name, pointer).isNotNull();
    }

    private static void rename(JsonNode root, String pointer, String name, String other) {
        ObjectNode parent = object(root, pointer);
        parent.set(other, parent.required(name));
        parent.remove(name);
    }

    private static void parameter(JsonNode root, String operation, String name, boolean required) {
        array(root, operation + "/parameters").addObject().put("name", name).put("in", "query")
                .put("required", required).putObject("schema").put("type", "string");
    }
}
