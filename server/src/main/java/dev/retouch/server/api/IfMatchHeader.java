package dev.retouch.server.api;

import java.util.Arrays;
import java.util.Set;
import java.util.function.LongPredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/** The header {@code If-Match} (RFC 9110, section 13.1.1), whose entity tags are numbers of versions. */
final class IfMatchHeader {

    static final String NAME = "If-Match";

    private static final String ENTITY_TAG = "(?:W/)?\"[\\x21\\x23-\\x7e\\x80-\\xff]*\"";
    private static final Pattern FORM = Pattern
            .compile("[ \\t]*" + ENTITY_TAG + "(?:[ \\t]*,[ \\t]*" + ENTITY_TAG + ")*[ \\t]*");
    private static final Pattern SEPARATOR = Pattern.compile("[ \\t]*,[ \\t]*(?=\"|W/)");

    private IfMatchHeader() {}

    /** Returns the entity tag of a version, with its quotes. */
    static String entityTag(long version) {
        return "\"" + version + "\"";
    }

    /**
     * Returns which newest versions a request may replace. Weak entity tags match none.
     *
     * @param header the header with all its lines; null if there is none
     */
    static LongPredicate versions(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return _ -> true;
        }
        if (!FORM.matcher(header).matches()) {
            throw ListParameters.wrong(NAME, "it is not a list of entity tags, such as \"3\" with its quotes");
        }
        Set<String> tags = Arrays.stream(SEPARATOR.split(header.strip())).collect(Collectors.toSet());
        return version -> tags.contains(entityTag(version));
    }
}
