package dev.retouch.mock.journal;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** The journal as the control endpoint shows it. */
public final class JournalJson {

    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    public ObjectNode of(Journal journal) {
        ObjectNode page = nodes.objectNode();
        page.put("requests_in_flight", journal.inFlight());
        page.put("peak_edits", journal.peakEdits());
        page.put("dropped", journal.dropped());
        ArrayNode entries = page.putArray("entries");
        journal.entries().forEach(entry -> entries.add(of(entry)));
        return page;
    }

    private ObjectNode of(JournalEntry entry) {
        ObjectNode node = nodes.objectNode();
        node.put("sequence", entry.sequence());
        node.put("time", entry.time().toString());
        node.put("method", entry.method());
        node.put("path", entry.path());
        putIfPresent(node, "query", entry.query());
        ArrayNode headers = node.putArray("headers");
        entry.headers().forEach(header -> headers.addObject().put("name", header.name()).put("value", header.value()));
        if (!entry.form().isEmpty()) {
            node.set("form", form(entry.form()));
        }
        entry.json().ifPresent(json -> node.set("json", json));
        ArrayNode scenarios = node.putArray("scenarios");
        entry.scenarios().forEach(scenarios::add);
        node.put("status", entry.status());
        node.put("duration_ms", entry.duration().toMillis());
        node.put("outcome", entry.outcome().wireName());
        return node;
    }

    private ArrayNode form(List<JournalEntry.Part> parts) {
        ArrayNode form = nodes.arrayNode();
        for (JournalEntry.Part part : parts) {
            ObjectNode node = form.addObject();
            node.put("index", part.index());
            node.put("name", part.name());
            putIfPresent(node, "filename", part.filename());
            putIfPresent(node, "content_type", part.contentType());
            node.put("size", part.size());
            node.put("sha256", part.sha256());
            putIfPresent(node, "text", part.text());
        }
        return form;
    }

    private static void putIfPresent(ObjectNode node, String name, Optional<String> value) {
        value.ifPresent(text -> node.put(name, text));
    }
}
