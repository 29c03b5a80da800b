package dev.retouch.server.moderation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.NearestName;
import dev.retouch.server.settings.SettingsFile;

/** Reads rules from a file or document. Its sections are lists whose entries are either a text, or a text with its category. */
final class RuleFileReader {

    private static final String WORDS = "words";
    private static final String PATTERNS = "patterns";
    private static final String IMAGES = "images";
    private static final String CATEGORY = "category";
    /** So that even the longest prompt is looked through in a moment. */
    private static final int MAX_STEPS = 5000;
    private static final String SHA256 = "[0-9a-f]{64}";

    private final SettingsFile file;

    RuleFileReader(SettingsFile file) {
        this.file = file;
    }

    /** One entry of a section. */
    private record Entry(String place, String text, String category) {

        ConfigurationException mistake(String reason) {
            return new ConfigurationException(place + ": " + reason);
        }
    }

    LocalRules rules() {
        for (Map.Entry<String, JsonNode> section : file.tree().properties()) {
            checkKey(section.getKey(), "/" + section.getKey(), "", List.of(WORDS, PATTERNS, IMAGES));
        }
        TextNormalizer folder = new TextNormalizer();
        WordTrie words = new WordTrie();
        for (Entry entry : entries(WORDS, "text")) {
            words.add(folded(entry, folder), entry.category());
        }
        List<LocalRules.PatternRule> patterns = new ArrayList<>();
        for (Entry entry : entries(PATTERNS, "pattern")) {
            patterns.add(new LocalRules.PatternRule(pattern(entry), entry.category()));
        }
        Map<String, SortedSet<String>> images = new HashMap<>();
        for (Entry entry : entries(IMAGES, "sha256")) {
            images.computeIfAbsent(hash(entry), _ -> new TreeSet<>()).add(entry.category());
        }
        return new LocalRules(folder, words, patterns, images);
    }

    private List<Entry> entries(String section, String textKey) {
        JsonNode list = file.tree().path(section);
        if (list.isMissingNode() || list.isNull() || (list.isTextual() && list.asText().isEmpty())) {
            return List.of(); // an empty value was not given, as in the settings
        }
        if (!list.isArray()) {
            throw new ConfigurationException(file.place("/" + section) + ": '" + section + "' is a list");
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode value : list) {
            entries.add(entry(section, "/" + section + "/" + entries.size(), textKey, value));
        }
        return entries;
    }

    private Entry entry(String section, String pointer, String textKey, JsonNode value) {
        String place = place(pointer, "/" + section);
        if (!value.isObject()) {
            return new Entry(place, text(place, "an entry of '" + section + "'", value), section);
        }
        for (Map.Entry<String, JsonNode> member : value.properties()) {
            checkKey(member.getKey(), pointer + "/" + member.getKey(), place, List.of(textKey, CATEGORY));
        }
        if (!value.has(textKey)) {
            throw new ConfigurationException(place + ": an entry of '" + section + "' has no '" + textKey + "'");
        }
        String text = text(place(pointer + "/" + textKey, pointer), "'" + textKey + "'", value.path(textKey));
        if (!value.has(CATEGORY)) {
            return new Entry(place, text, section);
        }
        String categoryPlace = place(pointer + "/" + CATEGORY, pointer);
        String category = text(categoryPlace, "'category'", value.path(CATEGORY));
        if (!Verdict.isCategory(category)) {
            throw new ConfigurationException(
                    categoryPlace + ": 'category' must be 1 to 100 visible characters in one line");
        }
        return new Entry(place, text, category);
    }

    private void checkKey(String key, String pointer, String fallback, List<String> known) {
        if (!known.contains(key)) {
            String place = fallback.isEmpty() || file.lines().containsKey(pointer) ? file.place(pointer) : fallback;
            throw new ConfigurationException(
                    place + ": unknown key '" + key + "'. " + NearestName.suggestion(key, Set.copyOf(known)));
        }
    }

    /** The line of an entry; a stored document has no lines, so that the entry is named. */
    private String place(String pointer, String fallback) {
        if (file.lines().isEmpty()) {
            return file.name() + ", at " + pointer;
        }
        return file.place(file.lines().containsKey(pointer) ? pointer : fallback);
    }

    /** Rejects values that YAML parses as numbers or booleans, because their spelling is lost. */
    private static String text(String place, String what, JsonNode value) {
        if (!value.isTextual()) {
            throw new ConfigurationException(place + ": " + what + " must be a text; write it in quotes");
        }
        return value.asText();
    }

    private static String folded(Entry entry, TextNormalizer folder) {
        String folded = folder.fold(entry.text()).text();
        if (folded.isEmpty()) {
            throw entry.mistake("a word must have at least one visible character");
        }
        return folded;
    }

    private static Pattern pattern(Entry entry) {
        if (entry.text().length() > PatternComplexity.MAX_CHARACTERS
                || PatternComplexity.of(entry.text()) > MAX_STEPS) {
            throw entry.mistake(
                    "a pattern may have " + PatternComplexity.MAX_CHARACTERS + " characters, and " + MAX_STEPS
                            + " steps when its repetitions are written out");
        }
        Pattern pattern;
        try {
            pattern = Pattern.compile(entry.text(), Pattern.CASE_INSENSITIVE);
        } catch (PatternSyntaxException e) {
            throw entry.mistake("'" + entry.text() + "' is not a pattern of RE2: " + e.getDescription());
        }
        if (pattern.matcher("").find()) {
            throw entry.mistake("the pattern '" + entry.text() + "' finds even nothing at all, and so every prompt");
        }
        return pattern;
    }

    private static String hash(Entry entry) {
        String hash = entry.text().toLowerCase(Locale.ROOT);
        if (!hash.matches(SHA256)) {
            throw entry.mistake("'" + entry.text() + "' is not a SHA-256: it has 64 hexadecimal digits");
        }
        return hash;
    }
}
