package dev.retouch.contract.conformance.cases;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.contract.conformance.wire.Body;
import dev.retouch.contract.conformance.wire.NamedFile;
import dev.retouch.contract.conformance.wire.Request;

/** Reads what a case sends. */
final class RequestReader {

    private static final String NONE = "none";
    private static final String DATA_URL = "data:@";
    private static final String BASE64 = "base64:@";

    private final FileShelf shelf;

    RequestReader(FileShelf shelf) {
        this.shelf = shelf;
    }

    Request read(Entry send) {
        send.knowing("method", "path", "key", "headers", "form", "json", "raw");
        Map<String, String> headers = new LinkedHashMap<>();
        send.inside("headers").ifPresent(entry -> entry.fields().forEach((name, value) -> headers.put(name,
                value.asText())));
        Body body = body(send);
        String path = send.optionalText("path").orElse(Request.EDITS);
        String method = send.optionalText("method").orElse(body instanceof Body.None ? "GET" : "POST");
        return new Request(method, path, send.oneOf("key", Request.KeyUse.class).orElse(Request.KeyUse.RIGHT), headers,
                body);
    }

    private Body body(Entry send) {
        if (List.of("form", "json", "raw").stream().filter(send::has).count() > 1) {
            throw send.mistake("has more than one of 'form', 'json' and 'raw'");
        }
        if (send.has("form")) {
            List<Body.Part> parts = new ArrayList<>();
            send.eachOf("form", entry -> entry.fields().forEach((name, value) -> parts.add(part(entry, name, value))));
            return new Body.Parts(parts);
        }
        if (send.has("json")) {
            Map<String, NamedFile> files = new LinkedHashMap<>();
            JsonNode shown = send.get("json");
            return new Body.Json(shortened(shown), sent(send, shown, files), files);
        }
        return send.inside("raw").map(this::raw).orElseGet(Body.None::new);
    }

    private Body.Part part(Entry entry, String name, JsonNode value) {
        if (value.isObject() && value.has("file")) {
            Entry file = new Entry(entry.place() + ", '" + name + "'", value).knowing("file", "type", "filename");
            NamedFile named = shelf.get(file.text("file").replaceFirst("^@", ""), file);
            return new Body.Part.File(name, named, said(file, "filename", named.name()),
                    said(file, "type", named.type()));
        }
        if (value.isTextual() && value.asText().startsWith("@")) {
            NamedFile named = shelf.get(value.asText().substring(1), entry);
            return new Body.Part.File(name, named, Optional.of(named.name()), Optional.of(named.type()));
        }
        if (isRepeated(value)) {
            return new Body.Part.Text(name, repeated(value));
        }
        if (!value.isValueNode()) {
            throw entry.mistake("has " + Entry.kind(value) + " as '" + name
                    + "', which must be a text, a file as '@name', {file, type, filename} or {repeat, times}");
        }
        return new Body.Part.Text(name, value.asText());
    }

    /** What is said about a file: what its name promises, something else, or nothing. */
    private static Optional<String> said(Entry file, String field, String usual) {
        if (!file.has(field)) {
            return Optional.of(usual);
        }
        return Optional.of(file.get(field).asText()).filter(text -> !text.equals(NONE));
    }

    private JsonNode sent(Entry place, JsonNode node, Map<String, NamedFile> files) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (isRepeated(node)) {
            return nodes.textNode(repeated(node));
        }
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties().forEach(field -> copy.set(field.getKey(), sent(place, field.getValue(), files)));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(item -> copy.add(sent(place, item, files)));
            return copy;
        }
        String text = node.isTextual() ? node.asText() : "";
        if (!text.startsWith(DATA_URL) && !text.startsWith(BASE64)) {
            return node;
        }
        NamedFile file = shelf.get(text.substring(text.indexOf('@') + 1), place);
        files.put(text, file);
        String encoded = Base64.getEncoder().encodeToString(file.bytes());
        return nodes.textNode(text.startsWith(DATA_URL) ? "data:" + file.type() + ";base64," + encoded : encoded);
    }

    private static JsonNode shortened(JsonNode node) {
        JsonNodeFactory nodes = JsonNodeFactory.instance;
        if (isRepeated(node)) {
            return nodes
                    .textNode(node.path("repeat").asText().repeat(3) + "… (" + node.path("times").asInt() + " times)");
        }
        if (node.isObject()) {
            ObjectNode copy = nodes.objectNode();
            node.properties().forEach(field -> copy.set(field.getKey(), shortened(field.getValue())));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = nodes.arrayNode();
            node.forEach(item -> copy.add(shortened(item)));
            return copy;
        }
        return node;
    }

    private Body raw(Entry raw) {
        raw.knowing("type", "text", "file");
        Optional<String> type = Optional.of(raw.text("type")).filter(text -> !text.equals(NONE));
        if (raw.has("file")) {
            NamedFile file = shelf.get(raw.text("file").replaceFirst("^@", ""), raw);
            return new Body.Raw(type, "@" + file.name(), file.bytes());
        }
        String text = raw.get("text").asText();
        return new Body.Raw(type, text, text.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isRepeated(JsonNode value) {
        return value.isObject() && value.size() == 2 && value.has("repeat") && value.path("times").isInt();
    }

    private static String repeated(JsonNode value) {
        return value.path("repeat").asText().repeat(value.path("times").asInt());
    }
}
