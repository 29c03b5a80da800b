package dev.retouch.server.upstream;

import java.util.Optional;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.Secret;

/** What an upstream's words may tell our caller: nothing of our key, nor whose account it is. */
final class Told {

    private static final String HIDDEN = "[hidden]";
    private static final Pattern OURS = Pattern.compile("\\b(?:sk|org|proj)[-_][A-Za-z0-9_*.-]{4,}");
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final Secret key;

    Told(Secret key) {
        this.key = key;
    }

    /** A message without what is ours. */
    String message(String message) {
        String scrubbed = key.value().map(value -> message.replace(value, HIDDEN)).orElse(message);
        return OURS.matcher(scrubbed).replaceAll(HIDDEN);
    }

    /** An id that can stand in a header. */
    Optional<String> requestId(@Nullable String id) {
        return Optional.ofNullable(id).map(String::strip).filter(text -> REQUEST_ID.matcher(text).matches())
                .map(text -> key.value().map(value -> text.replace(value, HIDDEN)).orElse(text));
    }
}
