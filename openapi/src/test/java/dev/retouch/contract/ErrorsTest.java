package dev.retouch.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Codes and messages belong together, and each error is described once. */
class ErrorsTest {

    private final ContractTree contract = ContractTree.read();
    private final JsonNode codes = contract.schemas().path("ErrorCode");
    private final JsonNode messages = contract.schemas().path("ErrorMessage");

    @Test
    void everyCodeHasAStatusATypeAndARetryAdvice() {
        Set<String> types = texts(contract.schemas().path("ErrorType").path("enum"));

        assertThat(names(codes.path("x-errors"))).containsExactlyElementsOf(list(codes.path("enum")));
        codes.path("x-errors").properties().forEach(entry -> {
            JsonNode rule = entry.getValue();
            assertThat(rule.path("status").asInt()).as("status of %s", entry.getKey()).isBetween(400, 599);
            assertThat(types).as("types").contains(rule.path("type").asText());
            assertThat(rule.path("retry").isBoolean()).as("retry of %s", entry.getKey()).isTrue();
            assertThat(Set.of("status", "type", "retry", "retryAfterSeconds")).as("keys of %s", entry.getKey())
                    .containsAll(names(rule));
            if (rule.has("retryAfterSeconds")) {
                assertThat(rule.path("retry").asBoolean()).as("retry of %s, which names a delay", entry.getKey())
                        .isTrue();
                assertThat(rule.path("retryAfterSeconds").asInt()).as("delay of %s", entry.getKey()).isPositive();
            }
        });
    }

    /** Clients retry automatically if an error allows it, so errors after a possible charge do not allow it. */
    @Test
    void onlyWhatIsSafeToRepeatAsksForIt() {
        Set<String> repeatable = new HashSet<>();
        codes.path("x-errors").properties().forEach(entry -> {
            if (entry.getValue().path("retry").asBoolean()) {
                repeatable.add(entry.getKey());
            }
        });
        assertThat(repeatable).containsExactlyInAnyOrder("request_timeout", "rate_limit_exceeded",
                "concurrency_limit_exceeded", "queue_full", "storage_quota_exceeded", "upstream_unavailable",
                "upstream_overloaded",
                "server_overloaded", "server_stopping", "moderation_unavailable", "storage_unavailable",
                "idempotency_key_in_use");
    }

    @Test
    void everyMessageHasOneNameAndOneKnownCode() {
        List<String> variables = list(messages.path("x-enum-varnames"));

        assertThat(variables).doesNotHaveDuplicates().hasSameSizeAs(messages.path("enum"))
                .allMatch(name -> name.matches("[A-Z][A-Z0-9_]+"));
        assertThat(list(messages.path("enum"))).doesNotHaveDuplicates();
        assertThat(names(messages.path("x-messages"))).containsExactlyElementsOf(variables);
        messages.path("x-messages").properties().forEach(entry -> {
            assertThat(names(codes.path("x-errors"))).as("codes, for %s", entry.getKey())
                    .contains(entry.getValue().path("code").asText());
            assertThat(Set.of("code", "param")).as("keys of %s", entry.getKey())
                    .containsAll(names(entry.getValue()));
        });
    }

    @Test
    void everyCodeIsUsed() {
        Set<String> used = new HashSet<>();
        messages.path("x-messages").forEach(entry -> used.add(entry.path("code").asText()));
        Set<String> unused = texts(codes.path("enum"));
        unused.removeAll(used);

        assertThat(unused).isEmpty();
    }

    @Test
    void everyTypeIsUsed() {
        Set<String> used = new HashSet<>();
        codes.path("x-errors").forEach(rule -> used.add(rule.path("type").asText()));
        assertThat(used).isEqualTo(texts(contract.schemas().path("ErrorType").path("enum")));
    }

    /** What an edit never answers, and an operation that does. */
    private static final Map<String, String> OF_OTHERS = Map.of("412", "replaceModels", "416", "fetchFile");

    @Test
    void everyStatusIsAmongTheAnswersOfAnEdit() {
        Set<String> documented = new HashSet<>(
                names(contract.operation("createImageEdit").path("responses")));
        OF_OTHERS.forEach((status, operation) -> {
            assertThat(names(contract.operation(operation).path("responses"))).contains(status);
            documented.add(status);
        });
        Set<String> possible = new HashSet<>();
        codes.path("x-errors").forEach(rule -> possible.add(rule.path("status").asText()));

        assertThat(documented).containsAll(possible);
        possible.addAll(Set.of("200", "202"));
        assertThat(possible).containsAll(documented);
    }

    @Test
    void everyErrorOfAnyOperationIsTheEnvelope() {
        for (ContractTree.Operation operation : contract.operations()) {
            operation.node().path("responses").properties().forEach(entry -> {
                boolean probe = operation.path().equals("/readyz"); // answers 503 with what is not ready
                if (Integer.parseInt(entry.getKey()) >= 400 && !probe) {
                    JsonNode response = contract.resolved(entry.getValue());
                    assertThat(response.path("content").path("application/json").path("schema").path("$ref").asText())
                            .as("%s of %s", entry.getKey(), operation).isEqualTo("#/components/schemas/ErrorEnvelope");
                    assertThat(response.path("headers").has("x-request-id")).as("x-request-id of %s of %s",
                            entry.getKey(), operation).isTrue();
                }
            });
        }
    }

    @Test
    void whatAsksForARetryDocumentsTheHeaders() {
        ObjectNode responses = contract.operation("createImageEdit").path("responses").deepCopy();
        OF_OTHERS.forEach((status, operation) -> responses.set(status,
                contract.operation(operation).path("responses").path(status)));
        Map<String, Boolean> delays = new TreeMap<>();
        codes.path("x-errors")
                .forEach(rule -> delays.merge(rule.path("status").asText(), rule.path("retry").asBoolean(),
                        Boolean::logicalOr));
        delays.forEach((status, delay) -> {
            JsonNode headers = contract.resolved(responses.path(status)).path("headers");
            assertThat(headers.has("x-should-retry")).as("x-should-retry of %s", status).isTrue();
            assertThat(headers.has("retry-after")).as("retry-after of %s", status).isEqualTo(delay);
        });
    }

    /** Clients compare these to the letter, so nothing in the document may touch them. */
    @ParameterizedTest
    @CsvSource(nullValues = "null", textBlock = """
            Images API is not supported for this platform, 404, not_found_error,       null
            images[].image_url is required,                400, invalid_request_error, images
            images[].file_id is not supported,             400, invalid_request_error, images
            image file is required,                        400, invalid_request_error, image
            mask.file_id is not supported,                 400, invalid_request_error, mask
            """)
    void theFiveDocumentedStringsStandAsTheyAre(String message, int status, String type,
            @org.jspecify.annotations.Nullable String param) {
        Map<String, String> names = new LinkedHashMap<>();
        List<String> variables = list(messages.path("x-enum-varnames"));
        for (int i = 0; i < variables.size(); i++) {
            names.put(messages.path("enum").get(i).asText(), variables.get(i));
        }
        assertThat(names).containsKey(message);
        JsonNode entry = messages.path("x-messages").path(names.get(message));
        JsonNode rule = codes.path("x-errors").path(entry.path("code").asText());

        assertThat(rule.path("status").asInt()).isEqualTo(status);
        assertThat(rule.path("type").asText()).isEqualTo(type);
        assertThat(entry.path("param").asText(null)).isEqualTo(param);
    }

    private static List<String> list(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(node -> texts.add(node.asText()));
        return texts;
    }

    private static Set<String> texts(JsonNode array) {
        return new HashSet<>(list(array));
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
