package dev.retouch.server.moderation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

import com.google.re2j.Pattern;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.settings.SettingsFile;

/**
 * The content that an operator forbids without a moderation service: words and phrases, patterns, and images by their SHA-256. Words are
 * whole words in any script, never parts of others. Patterns are RE2's, whose time grows with the prompt and not beyond.
 */
public final class LocalRules {

    private final TextNormalizer folder;
    private final WordTrie words;
    private final List<PatternRule> patterns;
    private final Map<String, SortedSet<String>> images;

    /** A pattern, and the category of what it finds. */
    record PatternRule(Pattern pattern, String category) {}

    LocalRules(TextNormalizer folder, WordTrie words, List<PatternRule> patterns,
            Map<String, SortedSet<String>> images) {
        this.folder = folder;
        this.words = words;
        this.patterns = List.copyOf(patterns);
        this.images = Map.copyOf(images);
    }

    /** No rules. */
    public static LocalRules none() {
        return new LocalRules(new TextNormalizer(), new WordTrie(), List.of(), Map.of());
    }

    /**
     * Reads the rules of a file or document.
     *
     * @throws dev.retouch.server.settings.ConfigurationException if it is invalid; the message names the line, or the entry of a document
     */
    public static LocalRules of(SettingsFile file) {
        return new RuleFileReader(file).rules();
    }

    /** The categories that a prompt falls under. */
    SortedSet<String> categoriesOf(String prompt) {
        SortedSet<String> categories = new TreeSet<>();
        NormalizedText folded = folder.fold(prompt);
        words.find(folded, categories);
        for (PatternRule rule : patterns) {
            // as it was written, and without what only hides it, such as invisible characters
            if (rule.pattern().matcher(prompt).find() || rule.pattern().matcher(folded.text()).find()) {
                categories.add(rule.category());
            }
        }
        return categories;
    }

    /** Whether there are rules for images. */
    boolean judgeImages() {
        return !images.isEmpty();
    }

    /** The categories that an image falls under; its bytes are read once, if there are rules for images. */
    SortedSet<String> categoriesOf(ImageBytes image) {
        return images.isEmpty()
                ? Collections.emptySortedSet()
                : images.getOrDefault(sha256(image), Collections.emptySortedSet());
    }

    private static String sha256(ImageBytes image) {
        try (InputStream in = image.open();
                DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(),
                        MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(out);
            return HexFormat.of().formatHex(out.getMessageDigest().digest());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
