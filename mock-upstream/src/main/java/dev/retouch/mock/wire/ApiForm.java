package dev.retouch.mock.wire;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

import org.eclipse.jetty.http.HttpFields;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.wire.Answer.Document;

/**
 * What all requests below a path have in common: where their key is, and how errors are written.
 *
 * @param prefix the beginning of their paths
 * @param keys the headers that may have the key
 * @param keyHint which header that is, for people
 * @param bareImages whether images in JSON are base64 without {@code data:} before it
 * @param errors writes an error
 */
public record ApiForm(String prefix, List<KeyHeader> keys, String keyHint, boolean bareImages,
        Function<ApiErrorException, Document> errors) {

    /** A header and what precedes the key in it, in lower case. */
    public record KeyHeader(String name, String scheme) {

        Optional<String> key(HttpFields headers) {
            return Optional.ofNullable(headers.get(name))
                    .filter(value -> value.toLowerCase(Locale.ROOT).startsWith(scheme))
                    .map(value -> value.substring(scheme.length()).strip()).filter(key -> !key.isEmpty());
        }
    }

    /** The header of OpenAI, and of those that follow it. */
    public static final KeyHeader BEARER = new KeyHeader("authorization", "bearer ");

    /** OpenAI's API. */
    static final ApiForm OPENAI = new ApiForm("/v1/", List.of(BEARER),
            "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).", false, new Envelope()::of);

    public ApiForm {
        keys = List.copyOf(keys);
    }

    Optional<String> key(HttpFields headers) {
        return keys.stream().map(header -> header.key(headers)).flatMap(Optional::stream).findFirst();
    }
}
