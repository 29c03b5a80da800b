package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;

/** Which of the document's words an exchange used, each as the {@link Item} names it. */
final class Sightings {

    private final Document document;
    private final RequestRules requests;
    private final ErrorRules errors;

    Sightings(Document document) {
        this.document = document;
        this.requests = new RequestRules(document);
        this.errors = new ErrorRules(document);
    }

    /** Everything that it proves to work. */
    Set<String> in(Exchange exchange) {
        Set<String> items = new LinkedHashSet<>();
        Optional<Operation> asked = document.operation(exchange);
        if (exchange.status() == 0 || exchange.method().equals("HEAD")) {
            return items;
        }
        Optional<JsonNode> error = exchange.status() >= 400 ? error(exchange) : Optional.empty();
        asked.ifPresent(operation -> {
            items.add(Item.operation(operation));
            request(operation, exchange, error, items);
            answer(operation, exchange, items);
        });
        if (asked.isEmpty() && exchange.status() == 405) {
            document.at(exchange).forEach(operation -> answer(operation, exchange, items));
        }
        error.ifPresent(found -> error(found, exchange, items));
        return items;
    }

    private void request(Operation operation, Exchange exchange, Optional<JsonNode> error, Set<String> items) {
        Map<String, String> query = RequestRules.query(exchange);
        for (JsonNode parameter : operation.parameters()) {
            String name = parameter.path("name").asText();
            boolean given = switch (parameter.path("in").asText()) {
                case "query" -> query.containsKey(name);
                case "header" -> exchange.sent().containsKey(name);
                default -> true;
            };
            if (given && counts(name, exchange, error)) {
                items.add(Item.parameter(operation, parameter));
            }
        }
        String type = Exchange.mediaType(exchange.sentType());
        JsonNode schema = operation.bodies().get(type);
        if (schema == null) {
            return;
        }
        requests.body(operation, exchange).ifPresent(body -> new SchemaWalk(document, new SchemaWalk.Finder() {
            @Override
            public void field(String place) {
                if (counts(place, exchange, error)) {
                    items.add(Item.field(operation, type, place));
                }
            }

            @Override
            public void value(String name, String value) {
                if (exchange.isAccepted()) {
                    items.add(Item.sent(name, value));
                }
            }
        }).of(schema, body));
    }

    /** What is refused has only been tried where it is what the refusal is about. */
    private static boolean counts(String name, Exchange exchange, Optional<JsonNode> error) {
        return exchange.isAccepted() || error.filter(each -> each.path("param").asText().equals(name)
                || each.path("message").asText().contains(name + " ")
                || each.path("message").asText().contains("'" + name + "'")).isPresent();
    }

    private void answer(Operation operation, Exchange exchange, Set<String> items) {
        JsonNode answer = operation.answers().get(exchange.status());
        if (answer == null) {
            return;
        }
        JsonNode schema = Operation.contents(answer).get(exchange.type());
        if (schema != null || Operation.contents(answer).isEmpty()) {
            items.add(Item.answer(operation, exchange.status(), schema == null ? "" : exchange.type()));
        }
        answer.path("headers").properties().forEach(header -> exchange.header(header.getKey()).ifPresent(value -> {
            items.add(Item.header(operation, exchange.status(), header.getKey()));
            walk(items, "header " + header.getKey(), exchange).of(document.resolved(header.getValue()).path("schema"),
                    Verifier.JSON.getNodeFactory().textNode(value));
        }));
        if (schema != null) {
            documents(exchange).forEach(body -> walk(items, "", exchange).of(schema, body));
        }
    }

    private SchemaWalk walk(Set<String> items, String prefix, Exchange exchange) {
        return new SchemaWalk(document, new SchemaWalk.Finder() {
            @Override
            public void value(String name, String value) {
                items.add(Item.answered(prefix + name, value));
            }

            @Override
            public void component(String name, JsonNode found) {
                if (name.equals("ErrorDetail")) {
                    error(found, exchange, items);
                }
            }
        });
    }

    private void error(JsonNode error, Exchange exchange, Set<String> items) {
        if (!ErrorRules.isPassedOn(exchange)) {
            errors.messageOf(error).ifPresent(name -> {
                items.add(Item.code(error.path("code").asText()));
                items.add(Item.message(name));
            });
        }
    }

    private static Optional<JsonNode> error(Exchange exchange) {
        return documents(exchange).stream().map(body -> body.path("error")).filter(JsonNode::isObject).findFirst();
    }

    /** The answer's body, or what its events have in them. */
    private static List<JsonNode> documents(Exchange exchange) {
        List<JsonNode> documents = new ArrayList<>();
        if (exchange.answer().isTooLong()) {
            return documents;
        }
        boolean stream = exchange.type().equals("text/event-stream");
        List<String> texts = stream
                ? exchange.answer().text().lines().filter(line -> line.startsWith("data:"))
                        .map(line -> line.substring("data:".length())).toList()
                : exchange.type().equals("application/json") ? List.of(exchange.answer().text()) : List.of();
        for (String text : texts) {
            try {
                documents.add(Verifier.JSON.readTree(text));
            } catch (JsonProcessingException e) {
                // the verifier says so
            }
        }
        return documents;
    }
}
