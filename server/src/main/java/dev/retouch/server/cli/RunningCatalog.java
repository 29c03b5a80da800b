package dev.retouch.server.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.secret.Secret;

/** The upstreams, models and moderation rules that a running gateway uses, compared with those of files. */
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
        Optional<JsonNode> found = gateway.find(kind.word() + "/versions").map(list -> list.path("in_use"));
        if (found.isEmpty()) {
            return kind.word() + ": the gateway is of an older version and does not say what it uses";
        }
        JsonNode used = found.get();
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
                changed.add(entry.getKey() + " (" + changes(before, entry.getValue()) + ")");
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

    /** The names of the changed keys of an entry; of a section of rules, how many were added and removed, because rules have no names. */
    private static String changes(JsonNode before, JsonNode after) {
        if (before.isArray() || after.isArray()) {
            return count(after, before) + " added, " + count(before, after) + " removed";
        }
        Set<String> keys = new TreeSet<>();
        for (Iterator<String> names = before.fieldNames(); names.hasNext();) {
            keys.add(names.next());
        }
        after.fieldNames().forEachRemaining(keys::add);
        keys.removeIf(key -> Objects.equals(before.get(key), after.get(key)));
        return String.join(", ", keys);
    }

    /** The number of items that the other list does not have. */
    private static int count(JsonNode list, JsonNode other) {
        Set<JsonNode> items = new HashSet<>();
        list.forEach(items::add);
        other.forEach(items::remove);
        return items.size();
    }
}
