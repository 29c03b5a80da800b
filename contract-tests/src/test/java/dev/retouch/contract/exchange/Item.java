package dev.retouch.contract.exchange;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/** The words of the document that a test can use, each as one line; the first word says what it is. */
public final class Item {

    private final Document document;
    private final Set<String> all = new LinkedHashSet<>();

    private Item(Document document) {
        this.document = document;
    }

    /** Everything that there is in a document, in its order. */
    public static Set<String> everyOneOf(Document document) {
        Item items = new Item(document);
        document.operations().forEach(items::collect);
        JsonNode codes = document.at("schemas", "ErrorCode").path("enum");
        codes.forEach(code -> items.all.add(code(code.asText())));
        document.at("schemas", "ErrorMessage").path("x-enum-varnames")
                .forEach(name -> items.all.add(message(name.asText())));
        return items.all;
    }

    private void collect(Operation operation) {
        all.add(operation(operation));
        operation.parameters().forEach(parameter -> all.add(parameter(operation, parameter)));
        operation.bodies().forEach((type, schema) -> new SchemaWalk(document, new SchemaWalk.Finder() {
            @Override
            public void field(String place) {
                all.add(Item.field(operation, type, place));
            }

            @Override
            public void value(String name, String value) {
                all.add(sent(name, value));
            }
        }).everything(schema));
        operation.answers().forEach((status, answer) -> {
            Map<String, JsonNode> contents = Operation.contents(answer);
            contents.keySet().forEach(type -> all.add(answer(operation, status, type)));
            if (contents.isEmpty()) {
                all.add(answer(operation, status, ""));
            }
            answer.path("headers").properties().forEach(header -> {
                all.add(header(operation, status, header.getKey()));
                values("header " + header.getKey(), document.resolved(header.getValue()).path("schema"));
            });
            contents.values().forEach(schema -> values("", schema));
        });
    }

    private void values(String prefix, JsonNode schema) {
        new SchemaWalk(document, new SchemaWalk.Finder() {
            @Override
            public void value(String name, String value) {
                all.add(answered(prefix + name, value));
            }
        }).everything(schema);
    }

    static String operation(Operation operation) {
        return "operation " + operation.id();
    }

    static String parameter(Operation operation, JsonNode parameter) {
        return "parameter " + operation.id() + " " + parameter.path("in").asText() + " "
                + parameter.path("name").asText();
    }

    static String field(Operation operation, String type, String place) {
        return "field " + operation.id() + " " + type + " " + place;
    }

    static String answer(Operation operation, int status, String type) {
        return "answer " + operation.id() + " " + status + (type.isEmpty() ? "" : " " + type);
    }

    /** Of an answer that operations have in common it is enough to have seen the header once. */
    static String header(Operation operation, int status, String name) {
        return "header " + operation.nameOfAnswer(status) + " " + name;
    }

    static String sent(String name, String value) {
        return "sent " + name + "=" + value;
    }

    static String answered(String name, String value) {
        return "answered " + name + "=" + value;
    }

    static String code(String code) {
        return "code " + code;
    }

    static String message(String name) {
        return "message " + name;
    }
}
