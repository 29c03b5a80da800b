package dev.retouch.contract.fuzz;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** What must be so of every answer, whatever was asked. Not for several threads at once. */
final class Verdict {

    private static final int FIRST_ERROR = 400;
    private static final int FIRST_OF_SERVER = 500;
    private static final int NO_CONTENT = 204;
    /** An edit that is too much for the moment is the only thing that the server may be to blame for. */
    private static final String OVERLOADED = "server_overloaded";
    /** What is no request of HTTP comes with the status that HTTP has for it. */
    private static final String NO_REQUEST = "malformed_request";
    private static final Set<Integer> OF_HTTP = Set.of(400, 411, 414, 417, 426, 431, 501, 505);
    private static final List<String> FROM_INSIDE = List.of("Exception", "jetty", "jersey", "jackson", "\tat ",
            "SQLITE");
    private static final String SCHEMAS = "#/components/schemas/";

    private final Contract contract;
    private final List<Operation> operations;

    Verdict(Contract contract) {
        this.contract = contract;
        this.operations = Operation.of(contract.tree());
    }

    /** Fails unless it is an answer that the contract knows, and keeps the secrets. */
    void on(Case request, String target, Reply reply, List<String> secrets) {
        assertThat(reply.header("x-request-id").orElse("")).as("x-request-id of " + reply.beginning())
                .startsWith("req_");
        if (request.method().equals("HEAD")) {
            assertThat(reply.status() < FIRST_OF_SERVER || OF_HTTP.contains(reply.status())).as(reply.beginning())
                    .isTrue();
            return;
        }
        reply.header("content-length")
                .ifPresent(length -> assertThat(reply.body()).as("body").hasSize(Integer.parseInt(length)));
        assertThat(secrets).as("secrets in " + reply.beginning()).noneMatch(reply.text()::contains);
        if (reply.status() >= FIRST_ERROR) {
            onError(reply.status(), type(reply), reply.text(), reply);
        } else {
            Operation.asked(operations, request.method(), target).ifPresent(operation -> onSuccess(operation, reply));
        }
    }

    private void onError(int status, String type, String text, Reply reply) {
        assertThat(type).as(reply.beginning()).isEqualTo("application/json");
        contract.assertValid("ErrorEnvelope", text);
        JsonNode error = reply.json().path("error");
        onCode(error, reply);
        String code = error.path("code").asText();
        if (code.equals(NO_REQUEST)) {
            assertThat(OF_HTTP).as(reply.beginning()).contains(status);
        } else {
            assertThat(status).as(reply.beginning()).isEqualTo(contract.error(code).path("status").asInt());
        }
        boolean retry = contract.error(code).path("retry").asBoolean();
        assertThat(reply.header("x-should-retry")).as(reply.beginning()).contains(Boolean.toString(retry));
    }

    /** The content of an error envelope, at any depth. */
    private void onCode(JsonNode error, Reply reply) {
        String code = error.path("code").asText();
        JsonNode documented = contract.error(code);
        assertThat(documented.isObject()).as("a documented code in " + reply.beginning()).isTrue();
        assertThat(error.path("type").asText()).isEqualTo(documented.path("type").asText());
        assertThat(documented.path("status").asInt() < FIRST_OF_SERVER || code.equals(OVERLOADED))
                .as("the server's mistake: " + reply.beginning()).isTrue();
        assertThat(FROM_INSIDE).as(reply.beginning()).noneMatch(error.path("message").asText()::contains);
    }

    private void onSuccess(Operation operation, Reply reply) {
        JsonNode response = operation.definition().path("responses").path(Integer.toString(reply.status()));
        assertThat(response.isObject()).as("a documented status of %s: %s", operation.id(), reply.beginning()).isTrue();
        if (reply.status() == NO_CONTENT) {
            assertThat(reply.body()).isEmpty();
            return;
        }
        JsonNode content = response.path("content").path(type(reply));
        assertThat(content.isObject()).as("a documented type of %s: %s", operation.id(), type(reply)).isTrue();
        Optional<String> schema = Optional.of(content.at("/schema/$ref").asText()).filter(name -> !name.isEmpty())
                .map(name -> name.substring(SCHEMAS.length()));
        if (type(reply).equals("text/event-stream")) {
            onEvents(schema.orElseThrow(), reply);
        } else {
            schema.ifPresent(name -> contract.assertValid(name, reply.text()));
        }
        if (schema.filter("EditTask"::equals).isPresent() && reply.json().has("error")) {
            onCode(reply.json().path("error"), reply);
        }
    }

    private void onEvents(String schema, Reply reply) {
        List<String> events = reply.text().lines().filter(line -> line.startsWith("data:"))
                .map(line -> line.substring("data:".length()).strip()).toList();
        assertThat(events).as(reply.beginning()).isNotEmpty();
        events.forEach(event -> contract.assertValid(schema, event));
        JsonNode last = new Reply(reply.status(), reply.headers(),
                events.getLast().getBytes(java.nio.charset.StandardCharsets.UTF_8)).json();
        assertThat(last.path("type").asText()).isIn("image_edit.completed", "error");
        if (last.has("error")) {
            onCode(last.path("error"), reply);
        }
    }

    private static String type(Reply reply) {
        return reply.header("content-type").orElse("").replaceFirst(";.*", "").strip().toLowerCase(Locale.ROOT);
    }
}
