package dev.retouch.server.exchange;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The trace of a client, passed on unchanged because the gateway records no spans. Headers that do not conform to W3C Trace Context are
 * ignored.
 */
record ClientTrace(String id, Map<String, String> upstreamHeaders) implements EditTrace {

    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";
    private static final Pattern PARENT_FORM = Pattern
            .compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");
    private static final Pattern STATE_FORM = Pattern.compile("[\\x20-\\x7e]{1,512}");

    /** Reads the trace of a request; {@link EditTrace#NONE} if it has none. */
    static EditTrace of(EditOrigin origin) {
        String parent = origin.header(PARENT);
        if (parent == null) {
            return NONE;
        }
        Matcher form = PARENT_FORM.matcher(parent);
        if (!form.matches()) {
            return NONE;
        }
        return new ClientTrace(form.group(1), headers(parent, origin.header(STATE)));
    }

    private static Map<String, String> headers(String parent, @Nullable String state) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(PARENT, parent);
        if (state != null && STATE_FORM.matcher(state).matches()) {
            headers.put(STATE, state);
        }
        return Map.copyOf(headers);
    }

    @Override
    public Optional<String> traceId() {
        return Optional.of(id);
    }

    @Override
    public Optional<String> spanId() {
        return Optional.empty();
    }
}
