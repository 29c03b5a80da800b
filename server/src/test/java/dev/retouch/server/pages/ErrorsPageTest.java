package dev.retouch.server.pages;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Writes {@code docs/errors.md} from the error codes and messages of the contract. */
class ErrorsPageTest {

    private static final String INTRODUCTION = """
            # Errors

            Written by a test from the contract (`x-errors`, `x-messages` and `x-advice` in
            [`openapi.yaml`](../openapi/contract/openapi.yaml)); do not edit.

            Every response that is not a success is the same envelope, from every path:

            ```json
            {"error": {"message": "…", "type": "invalid_request_error", "param": "size", "code": "invalid_value"}}
            ```

            - Decide by `code`. Messages are for people; they can gain precision in a minor version. `param` is null if no parameter is at fault.
            - Retry only if the header `x-should-retry` is `true`, after `retry-after` seconds. Where it is `false`, a retry cannot help, or could be charged twice.
            - If the response has already begun, the error is an `error` event of the stream, or the envelope after white space in a JSON response.
            - An upstream's refusal of the edit itself is passed on as a 400 with the upstream's own message, `type`, `param` and `code`, which can be others than
              these.
            - Quote `x-request-id` when you report a problem.
            """;

    @Test
    void pageHasEveryCodeAndMessageOfContract() throws IOException {
        JsonNode schemas = new YAMLMapper()
                .readTree(WrittenPage.REPOSITORY.resolve("openapi/contract/openapi.yaml").toFile())
                .at("/components/schemas");
        JsonNode codes = schemas.path("ErrorCode");
        Map<String, List<String>> messages = messages(schemas.path("ErrorMessage"));
        Map<Integer, List<String>> byStatus = new TreeMap<>();
        codes.path("x-errors").properties().forEach(rule -> byStatus
                .computeIfAbsent(rule.getValue().path("status").asInt(), _ -> new ArrayList<>()).add(rule.getKey()));

        StringBuilder page = new StringBuilder(INTRODUCTION);
        page.append("\n## Codes\n\n| code | status | type | retry | what to do |\n|---|---|---|---|---|\n");
        byStatus.forEach((status, names) -> names.forEach(name -> page
                .append(row(name, codes.path("x-errors").path(name), codes.path("x-advice").path(name).asText()))));
        page.append("\n## Messages\n\nWords in braces are replaced.\n\n| status | code | message |\n|---|---|---|\n");
        byStatus.forEach((status, names) -> names
                .forEach(name -> messages.getOrDefault(name, List.of()).forEach(message -> page
                        .append("| %d | `%s` | %s |%n".formatted(status, name, message.replace("|", "\\|"))))));
        new WrittenPage("docs/errors.md").is(page.toString());
    }

    private static String row(String code, JsonNode rule, String advice) {
        assertThat(advice).as("what a client does about %s, in x-advice", code).isNotEmpty();
        String retry = rule.path("retry").asBoolean()
                ? "yes, after " + rule.path("retryAfterSeconds").asInt(1) + " s or more"
                : "no";
        return "| `%s` | %d | `%s` | %s | %s |%n".formatted(code, rule.path("status").asInt(),
                rule.path("type").asText(), retry, advice);
    }

    private static Map<String, List<String>> messages(JsonNode schema) {
        Map<String, List<String>> messages = new LinkedHashMap<>();
        for (int i = 0; i < schema.path("enum").size(); i++) {
            String name = schema.path("x-enum-varnames").path(i).asText();
            String code = schema.path("x-messages").path(name).path("code").asText();
            messages.computeIfAbsent(code, _ -> new ArrayList<>()).add(schema.path("enum").path(i).asText());
        }
        return messages;
    }
}
