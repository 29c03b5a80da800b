package dev.retouch.contract;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Differences between the errors of two contracts. Clients branch on codes, types and statuses, and some on the very words, so
 * all of these are kept. They are in extensions that general tools do not read.
 */
final class ErrorChanges {

    private ErrorChanges() {}

    static List<Change> between(ContractTree published, ContractTree current) {
        List<Change> changes = new ArrayList<>();
        compare("error code", rules(published), rules(current), changes);
        compare("error message", messages(published), messages(current), changes);
        return changes;
    }

    private static void compare(String kind, Map<String, JsonNode> before, Map<String, JsonNode> after,
            List<Change> changes) {
        before.forEach((name, entry) -> {
            JsonNode now = after.get(name);
            if (now == null) {
                changes.add(new Change(true, kind + " '" + name + "' is gone", "every operation"));
            } else {
                differences(entry, now).forEach(difference -> changes.add(
                        new Change(true, kind + " '" + name + "' has another " + difference, "every operation")));
            }
        });
        after.keySet().stream().filter(name -> !before.containsKey(name)).forEach(name -> changes
                .add(new Change(false, kind + " '" + name + "' is new", "every operation")));
    }

    private static List<String> differences(JsonNode before, JsonNode after) {
        ObjectNode all = before.<ObjectNode>deepCopy().setAll((ObjectNode) after);
        return all.properties().stream().map(Map.Entry::getKey)
                .filter(key -> !before.path(key).equals(after.path(key)))
                .map(key -> key + " (" + told(before.path(key)) + " -> " + told(after.path(key)) + ")").toList();
    }

    private static String told(JsonNode value) {
        return value.isMissingNode() ? "none" : value.asText();
    }

    private static Map<String, JsonNode> rules(ContractTree contract) {
        Map<String, JsonNode> rules = new LinkedHashMap<>();
        contract.schemas().at("/ErrorCode/x-errors").properties()
                .forEach(rule -> rules.put(rule.getKey(), rule.getValue()));
        return rules;
    }

    /** Messages by their names, each with its words, its code and its parameter. */
    private static Map<String, JsonNode> messages(ContractTree contract) {
        JsonNode schema = contract.schemas().path("ErrorMessage");
        Map<String, JsonNode> messages = new LinkedHashMap<>();
        for (int i = 0; i < schema.path("enum").size(); i++) {
            String name = schema.path("x-enum-varnames").path(i).asText();
            ObjectNode message = JsonNodeFactory.instance.objectNode().put("text", schema.path("enum").get(i).asText());
            schema.path("x-messages").path(name).properties()
                    .forEach(entry -> message.set(entry.getKey(), entry.getValue()));
            messages.put(name, message);
        }
        return messages;
    }
}
