package dev.retouch.server.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.secret.Secret;

/** The upstreams and models that a running gateway uses, compared with those of files. */
final class RunningCatalog {

    private final AdminClient gateway;

    /**
     * Asks this gateway.
     *
     * @param gateway base URL, with or without a slash at its end
     * @throws CommandException if there is no admin token
     */
    RunningCatalog(URI gateway, Secret token) {
        this.gateway = new AdminClient(gateway, token, "--against");
    }

    /** Returns a sentence that says which entries the gateway would add, remove and change. */
    String difference(CatalogKind kind, ObjectNode files) {
        JsonNode used = used(kind);
        if (used.path("version").asLong() > 0) {
            return kind.word() + ": the gateway uses version " + used.path("version").asLong()
                    + " of its database, and no file. Restore version 0 to use the file.";
        }
        JsonNode running = used.path("document");
        List<String> added = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> removed = new ArrayList<>();
        files.properties().forEach(entry -> {
            JsonNode before = running.get(entry.getKey());
            if (before == null) {
                added.add(entry.getKey());
            } else if (!before.equals(entry.getValue())) {
                changed.add(entry.getKey() + " (" + String.join(", ", changes(before, entry.getValue())) + ")");
            }
        });
        running.fieldNames().forEachRemaining(name -> {
            if (!files.has(name)) {
                removed.add(name);
            }
        });
        List<String> parts = new ArrayList<>();
        add(parts, "adds", added);
        add(parts, "changes", changed);
        add(parts, "removes", removed);
        return kind.word() + ": " + (parts.isEmpty() ? "nothing changes" : String.join("; ", parts));
    }

    private static void add(List<String> parts, String verb, List<String> names) {
        if (!names.isEmpty()) {
            parts.add(verb + " " + String.join(", ", names));
        }
    }

    private static Set<String> changes(JsonNode before, JsonNode after) {
        Set<String> keys = new TreeSet<>();
        for (Iterator<String> names = before.fieldNames(); names.hasNext();) {
            keys.add(names.next());
        }
        after.fieldNames().forEachRemaining(keys::add);
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        return keys;
    }

    private JsonNode used(CatalogKind kind) {
        return gateway.get(kind.word() + "/versions").path("in_use");
    }
}
