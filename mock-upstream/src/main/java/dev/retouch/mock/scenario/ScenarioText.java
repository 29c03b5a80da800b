package dev.retouch.mock.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads {@code name; key=value, name; key="quoted"}: what HTTP headers usually look like, quoting included. */
final class ScenarioText {

    record Entry(String name, Map<String, String> settings) {}

    private final String text;
    private int at;

    ScenarioText(String text) {
        this.text = text;
    }

    List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        while (at < text.length()) {
            String name = token().toLowerCase(Locale.ROOT);
            Map<String, String> settings = new LinkedHashMap<>();
            while (at < text.length() && text.charAt(at) == ';') {
                at++;
                String key = token();
                if (!key.isEmpty()) {
                    settings.put(key, value());
                }
            }
            if (!name.isEmpty() || !settings.isEmpty()) {
                entries.add(new Entry(name, settings));
            }
            at++; // the comma
        }
        return entries;
    }

    private String token() {
        int start = at;
        while (at < text.length() && ";,=".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String value() {
        if (at >= text.length() || text.charAt(at) != '=') {
            return "true";
        }
        at++;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at < text.length() && text.charAt(at) == '"' ? quoted() : plain();
    }

    /** Up to the next separator: an unquoted value may contain an equals sign. */
    private String plain() {
        int start = at;
        while (at < text.length() && ";,".indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return text.substring(start, at).strip();
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at));
        }
        if (at >= text.length()) {
            throw new UnknownScenarioException("A quoted value has no end: " + text);
        }
        at++; // the closing quote
        token();
        return value.toString();
    }

    static String quote(String value) {
        return "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
