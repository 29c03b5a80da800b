package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** Holds exchanges against the document. */
final class Verifier {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final int FIRST_ERROR = 400;
    private static final String STREAM = "text/event-stream";

    private final Document document;
    private final RequestRules requests;
    private final ErrorRules errors;
    private final EventRules events;

    Verifier(Document document) {
        this.document = document;
        this.requests = new RequestRules(document);
        this.errors = new ErrorRules(document);
        this.events = new EventRules(document);
    }

    /** What of an exchange the document does not allow. */
    List<Finding> findings(Exchange exchange) {
        List<Finding> findings = new ArrayList<>();
        Optional<Operation> operation = document.operation(exchange);
        String subject = operation.map(Operation::id).orElse(exchange.method() + " " + exchange.straight());
        BiConsumer<String, String> wrong = (rule, found) -> findings.add(new Finding(subject, rule, found));
        if (exchange.status() == 0) {
            return findings; // the client disconnected
        }
        operation.ifPresentOrElse(asked -> {
            // a form that was spoilt by chance can be read in more than one way
            boolean readable = exchange.during().chosen() || !exchange.sentType().startsWith("multipart/");
            if (exchange.isAccepted() && readable) {
                requests.check(asked, exchange, wrong);
            }
            checkAnswer(asked, exchange, wrong);
        }, () -> checkOutside(exchange, wrong));
        return findings;
    }

    private void checkOutside(Exchange exchange, BiConsumer<String, String> wrong) {
        if (exchange.status() < FIRST_ERROR) {
            wrong.accept("the path is documented", Integer.toString(exchange.status()));
        } else {
            checkEnvelope(exchange, wrong);
        }
    }

    private void checkAnswer(Operation operation, Exchange exchange, BiConsumer<String, String> wrong) {
        JsonNode answer = operation.answers().get(exchange.status());
        boolean error = exchange.status() >= FIRST_ERROR;
        if (answer == null) {
            if (!error || !ErrorRules.isOfHttp(exchange.status(), json(exchange, (_, _) -> {}).path("error"))) {
                wrong.accept("the status is documented", Integer.toString(exchange.status()));
            }
            if (error) {
                checkEnvelope(exchange, wrong);
            }
            return;
        }
        answer.path("headers").properties().forEach(header -> {
            if (document.resolved(header.getValue()).path("required").asBoolean()
                    && exchange.header(header.getKey()).isEmpty()) {
                wrong.accept("the answer " + exchange.status() + " has its required headers",
                        "no " + header.getKey());
            }
        });
        JsonNode schema = Operation.contents(answer).get(exchange.type());
        if (Operation.contents(answer).isEmpty()) {
            if (exchange.answer().size() > 0) {
                wrong.accept("the answer " + exchange.status() + " has no body", exchange.answer().toString());
            }
        } else if (schema == null) {
            wrong.accept("the type of the answer " + exchange.status() + " is documented", exchange.type());
        } else if (!exchange.method().equals("HEAD") && exchange.answer().isWhole()) {
            checkContent(operation, exchange, schema, wrong);
        }
    }

    private void checkContent(Operation operation, Exchange exchange, JsonNode schema,
            BiConsumer<String, String> wrong) {
        if (exchange.type().equals(STREAM)) {
            List<JsonNode> seen = events.check(schema, exchange.answer().text(), operation.method().equals("POST"),
                    wrong);
            seen.forEach(event -> checkErrorsIn(schema, event, exchange, wrong));
            long asked = requests.body(operation, exchange).map(body -> body.path("n").asLong(1)).orElse(10L);
            long completed = seen.stream()
                    .filter(event -> event.path("type").asText().equals("image_edit.completed")).count();
            if (completed > asked) {
                wrong.accept("there is one terminal event for each image",
                        completed + " for " + asked);
            }
        } else if (exchange.type().equals("application/json")) {
            JsonNode body = json(exchange, wrong);
            if (body.isMissingNode()) {
                return;
            }
            JsonNode wanted = isLateError(exchange, body) ? document.at("schemas", "ErrorEnvelope") : schema;
            document.problems(wanted, body)
                    .forEach(problem -> wrong.accept("the answer " + exchange.status() + " is valid", problem));
            checkErrorsIn(wanted, body, exchange, wrong);
            if (exchange.status() >= FIRST_ERROR && body.has("error")) {
                errors.checkEnvelope(exchange, body.path("error"), wrong);
            }
        }
    }

    /** If white space was sent while the upstream worked, a failure can only be reported in the body. */
    private static boolean isLateError(Exchange exchange, JsonNode body) {
        return exchange.isAccepted() && exchange.answer().text().startsWith(" ") && body.has("error");
    }

    private void checkErrorsIn(JsonNode schema, JsonNode value, Exchange exchange, BiConsumer<String, String> wrong) {
        new SchemaWalk(document, new SchemaWalk.Finder() {
            @Override
            public void component(String name, JsonNode found) {
                if (name.equals("ErrorDetail")) {
                    errors.check(found, ErrorRules.isPassedOn(exchange), wrong);
                }
            }
        }).of(schema, value);
    }

    /** An error that no operation describes still comes in the one envelope. */
    private void checkEnvelope(Exchange exchange, BiConsumer<String, String> wrong) {
        if (exchange.method().equals("HEAD") || !exchange.answer().isWhole()) {
            return;
        }
        if (!exchange.type().equals("application/json")) {
            wrong.accept("an error is JSON", exchange.type());
            return;
        }
        JsonNode body = json(exchange, wrong);
        if (body.isMissingNode()) {
            return;
        }
        document.problems(document.at("schemas", "ErrorEnvelope"), body)
                .forEach(problem -> wrong.accept("an error comes in the envelope", problem));
        errors.check(body.path("error"), ErrorRules.isPassedOn(exchange), wrong);
        errors.checkEnvelope(exchange, body.path("error"), wrong);
    }

    private static JsonNode json(Exchange exchange, BiConsumer<String, String> wrong) {
        try {
            return JSON.readTree(exchange.answer().text());
        } catch (JsonProcessingException e) {
            wrong.accept("the answer " + exchange.status() + " is JSON", exchange.answer().text());
            return JSON.missingNode();
        }
    }
}
