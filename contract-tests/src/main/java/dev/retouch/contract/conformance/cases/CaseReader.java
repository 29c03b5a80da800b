package dev.retouch.contract.conformance.cases;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.contract.conformance.check.Check;
import dev.retouch.contract.conformance.check.StatusCheck;
import dev.retouch.contract.conformance.wire.Request;

/** Turns a file into cases. A case with {@code each} is as many cases as it has sets of values for its {@code ${words}}. */
final class CaseReader {

    private final RequestReader requests;
    private final ExpectationReader expectations;
    private final ModelNames models;
    private final Prices prices;

    CaseReader(RequestReader requests, ExpectationReader expectations, ModelNames models, Prices prices) {
        this.requests = requests;
        this.expectations = expectations;
        this.models = models;
        this.prices = prices;
    }

    List<Case> read(String file, JsonNode tree) {
        Entry top = new Entry(file, tree).knowing("row", "title", "cases");
        Case.Row row = new Case.Row(top.text("row"), top.optionalText("title").orElse(""));
        List<Case> cases = new ArrayList<>();
        int number = 0;
        for (JsonNode node : top.list("cases")) {
            Entry entry = new Entry(file + ", case " + ++number, node);
            for (JsonNode variant : variants(entry)) {
                cases.add(one(row, file, new Entry(entry.place(), variant)));
            }
        }
        if (cases.isEmpty()) {
            throw top.mistake("has no 'cases'");
        }
        return cases;
    }

    private static List<JsonNode> variants(Entry entry) {
        if (!entry.has("each")) {
            return List.of(entry.node());
        }
        List<JsonNode> variants = new ArrayList<>();
        ObjectNode template = entry.node().deepCopy();
        template.remove("each");
        entry.eachOf("each", values -> variants.add(filled(template, values.fields())));
        return variants;
    }

    /** A text that is nothing but one word becomes the value itself, so that a number stays a number. */
    private static JsonNode filled(JsonNode node, Map<String, JsonNode> values) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties()
                    .forEach(field -> copy.set(text(field.getKey(), values), filled(field.getValue(), values)));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(item -> copy.add(filled(item, values)));
            return copy;
        }
        if (!node.isTextual()) {
            return node;
        }
        for (Map.Entry<String, JsonNode> value : values.entrySet()) {
            if (node.asText().equals("${" + value.getKey() + "}")) {
                return value.getValue();
            }
        }
        return nodes.textNode(text(node.asText(), values));
    }

    private static String text(String template, Map<String, JsonNode> values) {
        String filled = template;
        for (Map.Entry<String, JsonNode> value : values.entrySet()) {
            filled = filled.replace("${" + value.getKey() + "}", value.getValue().asText());
        }
        return filled;
    }

    private static Announcement announcement(Entry entry) {
        entry.knowing("model", "mask", "n", "size");
        String model = entry.text("model");
        return List.of("mask", "n", "size").stream().filter(entry::has).findFirst()
                .map(name -> new Announcement(model, Optional.of(name), entry.text(name)))
                .orElseGet(() -> new Announcement(model, Optional.empty(), ""));
    }

    private Case one(Case.Row row, String file, Entry unnamed) {
        String name = unnamed.text("name");
        Entry entry = new Entry(file + ", case '" + name + "'", models.in(unnamed.node())).knowing("name", "shows",
                "rules",
                "paid", "heavy", "default-model", "announced", "send", "expect");
        if (entry.node().toString().contains("${")) {
            throw entry.mistake("has a '${…}' that its 'each' does not fill");
        }
        Entry send = entry.inside("send").orElseThrow(() -> entry.mistake("needs 'send'"));
        Request request = requests.read(entry.flag("default-model") ? send : models.named(send));
        List<Check> checks = expectations
                .read(entry.inside("expect").orElseThrow(() -> entry.mistake("needs 'expect'")));
        boolean paid = entry.flag("paid");
        boolean edits = request.mayEdit() && checks.stream().anyMatch(check -> check instanceof StatusCheck status
                && status.isSuccess());
        if (edits && !paid) {
            throw entry
                    .mistake("expects an edit to succeed, which costs money at a provider: it must say 'paid: true'");
        }
        if (paid && !edits) {
            throw entry.mistake("says 'paid: true', but expects no edit to succeed");
        }
        List<String> rules = new ArrayList<>();
        entry.list("rules").forEach(rule -> rules.add(rule.asText()));
        return new Case(row, name, entry.text("shows"), rules, paid, entry.flag("heavy"), request, checks,
                entry.inside("announced").map(CaseReader::announcement),
                prices.of(request).filter(cost -> request.mayEdit()));
    }

}
