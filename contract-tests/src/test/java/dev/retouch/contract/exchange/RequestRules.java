package dev.retouch.contract.exchange;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** What the document says about a request that a gateway accepted. One that it refused may be as wrong as it likes. */
final class RequestRules {

    /** What the form's description names beside its properties. */
    private static final Pattern NUMBERED = Pattern.compile("(images?|mask)(\\[\\d*]|\\.\\d+|\\.\\d+\\.items)?");

    private final Document document;

    RequestRules(Document document) {
        this.document = document;
    }

    /** Reports the parts of a request that the document does not allow. */
    void check(Operation operation, Exchange exchange, BiConsumer<String, String> wrong) {
        Map<String, JsonNode> known = operation.parameters().stream()
                .filter(each -> each.path("in").asText().equals("query"))
                .collect(Collectors.toMap(each -> each.path("name").asText(), each -> each.path("schema")));
        query(exchange).forEach((name, value) -> {
            if (known.containsKey(name)) {
                valid("the query parameter '" + name + "'", known.get(name), typed(known.get(name), value), wrong);
            } else {
                wrong.accept("the query parameter is documented", name);
            }
        });
        if (operation.bodies().isEmpty()) {
            if (exchange.request().size() > 0) {
                wrong.accept("the request has no body", exchange.request().toString());
            }
        } else if (exchange.request().isWhole()) {
            checkBody(operation, exchange, wrong);
        }
    }

    private void checkBody(Operation operation, Exchange exchange, BiConsumer<String, String> wrong) {
        String type = Exchange.mediaType(exchange.sentType());
        JsonNode schema = operation.bodies().get(type);
        if (schema == null) {
            wrong.accept("the request's type is documented", type.isEmpty() ? "no content type" : type);
            return;
        }
        Optional<JsonNode> body = body(operation, exchange);
        if (body.isEmpty()) {
            wrong.accept("the request's body is JSON", exchange.request().toString());
        } else if (type.startsWith("multipart/")) {
            checkForm(schema, body.get(), wrong);
        } else {
            valid("the request's body", schema, body.get(), wrong);
        }
    }

    private void checkForm(JsonNode schema, JsonNode form, BiConsumer<String, String> wrong) {
        JsonNode properties = document.resolved(schema).path("properties");
        for (Map.Entry<String, JsonNode> field : form.properties()) {
            String name = field.getKey();
            if (properties.has(name)) {
                valid("the form's field '" + name + "'", properties.get(name), field.getValue(), wrong);
            } else if (!NUMBERED.matcher(name).matches()) {
                wrong.accept("the form's field is documented", name);
            }
        }
        document.resolved(schema).path("required").forEach(name -> {
            if (!form.has(name.asText())) {
                wrong.accept("the form has its required fields", "no " + name.asText());
            }
        });
    }

    private void valid(String what, JsonNode schema, JsonNode value, BiConsumer<String, String> wrong) {
        document.problems(schema, value).forEach(problem -> wrong.accept(what + " is valid", problem));
    }

    /** The request's body as JSON, also where it is a form; nothing where it is neither, or is not all here. */
    Optional<JsonNode> body(Operation operation, Exchange exchange) {
        String type = Exchange.mediaType(exchange.sentType());
        JsonNode schema = operation.bodies().get(type);
        if (schema == null || !exchange.request().isWhole()) {
            return Optional.empty();
        }
        if (type.startsWith("multipart/")) {
            return Optional.of(form(document.resolved(schema).path("properties"),
                    FormBody.of(exchange.sentType(), exchange.request().bytes())));
        }
        try {
            JsonNode body = Verifier.JSON.readTree(exchange.request().bytes());
            return Optional.of(body).filter(each -> !each.isMissingNode());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The fields of a form; empty fields count as not given. */
    private ObjectNode form(JsonNode properties, FormBody form) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (FormBody.Part part : form.parts()) {
            if (!part.value().isEmpty() && !part.value().equals("\"\"")) {
                JsonNode schema = document.resolved(properties.path(part.name()));
                if (schema.path("type").asText().equals("array")) {
                    object.withArrayProperty(part.name()).add(picture(part));
                } else {
                    object.set(part.name(), isPicture(schema) ? picture(part) : typed(schema, part.value()));
                }
            }
        }
        return object;
    }

    private static boolean isPicture(JsonNode schema) {
        return schema.path("format").asText().equals("binary");
    }

    private static JsonNode picture(FormBody.Part part) {
        return JsonNodeFactory.instance.textNode(part.isFile() ? "(file)" : "(text)");
    }

    /** A text as the value that its schema makes of it. */
    private JsonNode typed(JsonNode reference, String text) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        return switch (document.resolved(reference).path("type").asText()) {
            case "integer" -> text.strip().matches("-?\\d{1,18}")
                    ? json.numberNode(Long.parseLong(text.strip()))
                    : json.textNode(text);
            case "boolean" -> Set.of("true", "false").contains(text)
                    ? json.booleanNode(Boolean.parseBoolean(text))
                    : json.textNode(text);
            default -> json.textNode(text);
        };
    }

    /** The parameters of the query. */
    static Map<String, String> query(Exchange exchange) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (String parameter : exchange.query().split("&")) {
            if (!parameter.isEmpty()) {
                String[] parts = parameter.split("=", 2);
                parameters.put(decoded(parts[0]), parts.length > 1 ? decoded(parts[1]) : "");
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
