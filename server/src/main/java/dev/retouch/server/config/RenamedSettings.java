package dev.retouch.server.config;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The former names of settings. A former name stops the start with a message that has the present name. */
final class RenamedSettings {

    /** The present path of a setting or section by its former path. */
    static final Map<String, String> NEW_PATHS = Map.ofEntries(
            Map.entry("edits.client-gone", "edits.client-disconnect"),
            Map.entry("edits.differences", "edits.mismatch"),
            Map.entry("fetch.most-redirects", "fetch.max-redirects"),
            Map.entry("fetch.at-once-per-request", "fetch.max-concurrent-per-request"),
            Map.entry("fetch.at-once", "fetch.max-concurrent"),
            Map.entry("hosting.link-lifetime", "hosting.url-lifetime"),
            Map.entry("limits", "http"),
            Map.entry("limits.body", "http.max-body-size"),
            Map.entry("limits.parts", "http.max-parts"),
            Map.entry("limits.text", "http.max-text-size"),
            Map.entry("limits.memory-per-image", "http.memory-per-image"),
            Map.entry("limits.idle", "http.idle-timeout"),
            Map.entry("limits.keep-alive", "http.keep-alive-timeout"),
            Map.entry("limits.minimum-rate", "http.min-rate"),
            Map.entry("limits.minimum-rate-after", "http.min-rate-after"),
            Map.entry("limits.headers", "http.max-header-size"),
            Map.entry("limits.requests-in-flight", "http.max-requests-in-flight"),
            Map.entry("limits.bytes-in-flight", "http.max-bytes-in-flight"),
            Map.entry("sandbox.answer-both", "sandbox.return-both-forms"),
            Map.entry("tasks.at-once", "tasks.max-running"),
            Map.entry("tasks.waiting", "tasks.max-waiting"),
            Map.entry("upstream.attempts", "upstream.max-attempts"),
            Map.entry("upstream.rest", "upstream.breaker-open-time"),
            Map.entry("upstream.rest-after", "upstream.breaker-min-attempts"));

    private RenamedSettings() {}

    /** Returns the present path of a setting by its former path, both with dots. */
    static Optional<String> newPath(String formerPath) {
        return Optional.ofNullable(NEW_PATHS.get(formerPath));
    }

    /** Returns the present environment variable of a setting by its former variable. */
    static Optional<String> newVariable(String formerVariable) {
        return NEW_PATHS.entrySet().stream().filter(entry -> variable(entry.getKey()).equals(formerVariable))
                .map(entry -> variable(entry.getValue())).findFirst();
    }

    /** Returns the environment variable of a setting by its path with dots. */
    static String variable(String path) {
        return ConfigurationLoader.PREFIX + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
