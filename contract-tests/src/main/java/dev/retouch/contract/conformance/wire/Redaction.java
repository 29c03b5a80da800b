package dev.retouch.contract.conformance.wire;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Removes secrets from a report: the key, whether whole, in part, encoded or with its middle starred out. Also removes
 * most of the signatures of links, which grant access.
 */
public final class Redaction {

    /** The replacement of a key. */
    public static final String KEY = "[key]";

    /** As many characters of the key in a row are no accident. */
    private static final int TELLING = 8;
    /** Nothing of a page's own is called like a key of this length. */
    private static final int UNMISTAKABLE = 16;
    private static final int LEFT_OF_SIGNATURE = 6;
    private static final int TELLING_END = 3;
    /** The common beginning of keys, which reveals nothing and occurs in many texts. */
    private static final Pattern COMMON_BEGINNING = Pattern.compile("^(sk|pk|key|api)([-_][a-z]{2,10})*[-_]");
    private static final Pattern STARRED = Pattern.compile("([\\w-]{0,80}+)(…|[*•…]{2,}|\\.{3,})([\\w-]{0,80}+)");
    private static final Pattern SIGNED = Pattern
            .compile(
                    "(?i)([?&](?:amp;)?[\\w.-]*(?:sig|signature|token|credential|key|policy)[\\w.-]*=)([^&\\s\"'<>\\\\]+)");

    private final String key;
    private final List<String> forms = new ArrayList<>();
    private final Set<String> pieces = new LinkedHashSet<>();

    public Redaction(String key) {
        this.key = key;
        if (key.length() < TELLING) {
            return;
        }
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        forms.add(key);
        forms.add(URLEncoder.encode(key, StandardCharsets.UTF_8));
        forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
        forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        String secret = COMMON_BEGINNING.matcher(key).replaceFirst("");
        for (int i = 0; i + TELLING <= secret.length(); i++) {
            pieces.add(secret.substring(i, i + TELLING));
        }
    }

    /** The text as it may be shown. */
    public String of(String text) {
        // a key like 'none' or 'test' is no secret, and part of many words
        String clean = key.isBlank() || key.length() >= TELLING
                ? text
                : text.replaceAll("(?<!\\w)" + Pattern.quote(key) + "(?!\\w)", KEY);
        for (String form : forms) {
            clean = clean.replace(form, KEY);
        }
        return signatures(starred(pieces(clean)));
    }

    /** Checks the whole page or document again, in case the key occurs in an unexpected form. */
    public String ofDocument(String document) {
        return key.length() >= UNMISTAKABLE ? document.replace(key, KEY) : document;
    }

    /** How much longer a beginning must be than what is shown of it, so that no end of it is half a key. */
    public int margin() {
        return forms.stream().mapToInt(String::length).max().orElse(0);
    }

    private String pieces(String text) {
        StringBuilder clean = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = at;
            while (end + TELLING <= text.length() && pieces.contains(text.substring(end, end + TELLING))) {
                end++;
            }
            if (end > at) {
                clean.append(KEY);
                at = end + TELLING - 1;
            } else {
                clean.append(text.charAt(at++));
            }
        }
        return clean.toString();
    }

    /** As some endpoints say which key they refuse: {@code sk-ab****wxyz}. */
    private String starred(String text) {
        return STARRED.matcher(text).replaceAll(found -> Matcher.quoteReplacement(isKey(found) ? KEY : found.group()));
    }

    private boolean isKey(MatchResult found) {
        String beginning = found.group(1);
        String end = found.group(3);
        return !key.isBlank() && ((beginning.length() >= TELLING_END && key.startsWith(beginning))
                || (end.length() >= TELLING_END && key.endsWith(end)));
    }

    private static String signatures(String text) {
        return SIGNED.matcher(text).replaceAll(found -> Matcher.quoteReplacement(found.group(1)
                + (found.group(2).length() <= LEFT_OF_SIGNATURE
                        ? found.group(2)
                        : found.group(2).substring(0, LEFT_OF_SIGNATURE) + "…")));
    }
}
