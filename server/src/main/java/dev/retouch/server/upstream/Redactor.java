package dev.retouch.server.upstream;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.Secret;

/** Removes the gateway's key, and the ids of its account, from an upstream's text. */
public final class Redactor {

    private static final String HIDDEN = "[hidden]";
    private static final Pattern CREDENTIALS = Pattern.compile("\\b(?:sk|org|proj)[-_][A-Za-z0-9_*.-]{4,}");
    private static final Pattern REQUEST_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final Supplier<List<String>> secrets;

    Redactor(Secret key) {
        this(() -> key.value().stream().toList());
    }

    /**
     * Removes secrets that may change.
     *
     * @param secrets returns the present secrets
     */
    public Redactor(Supplier<List<String>> secrets) {
        this.secrets = secrets;
    }

    /** The message with keys, organization ids and project ids replaced. */
    public String message(String message) {
        return CREDENTIALS.matcher(withoutSecrets(message)).replaceAll(HIDDEN);
    }

    /** The id if it is a valid header value, redacted. */
    public Optional<String> requestId(@Nullable String id) {
        return Optional.ofNullable(id).map(String::strip).filter(text -> REQUEST_ID.matcher(text).matches())
                .map(this::withoutSecrets);
    }

    private String withoutSecrets(String text) {
        String scrubbed = text;
        for (String secret : secrets.get()) {
            scrubbed = scrubbed.replace(secret, HIDDEN);
        }
        return scrubbed;
    }
}
