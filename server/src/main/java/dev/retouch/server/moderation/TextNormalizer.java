package dev.retouch.server.moderation;

import java.util.BitSet;
import java.util.regex.Pattern;

import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.BreakIterator;
import com.ibm.icu.text.Normalizer2;
import com.ibm.icu.util.ULocale;

/**
 * Removes differences that do not change words: case, full and half width, composed and decomposed letters, characters
 * that are invisible, the kinds of apostrophes and hyphens. Then finds the edges of words as Unicode does, in languages
 * written without spaces by dictionary.
 */
final class TextNormalizer {

    /** Normalization takes a Thai and a Lao vowel apart that the dictionaries know as one letter. */
    private static final Pattern THAI_AM = Pattern.compile("\u0E4D([\u0E48-\u0E4B]?)\u0E32");
    private static final Pattern LAO_AM = Pattern.compile("\u0ECD([\u0EC8-\u0ECB]?)\u0EB2");
    private static final Pattern APOSTROPHES = Pattern.compile("[\u2018\u2019\u201B\u02BC]");
    private static final Pattern HYPHENS = Pattern.compile("[\u2010-\u2015\u2212]");
    private static final Pattern WHITE_SPACE = Pattern.compile("[\\p{IsWhite_Space}\\x1C-\\x1F]+");

    private final Normalizer2 normalizer = Normalizer2.getNFKCCasefoldInstance();
    private final BreakIterator words = BreakIterator.getWordInstance(ULocale.ROOT);

    /** The text for comparison. For several threads. */
    NormalizedText fold(String text) {
        String folded = normalizer.normalize(text);
        folded = THAI_AM.matcher(folded).replaceAll("$1\u0E33");
        folded = LAO_AM.matcher(folded).replaceAll("$1\u0EB3");
        folded = APOSTROPHES.matcher(folded).replaceAll("'");
        folded = HYPHENS.matcher(folded).replaceAll("-");
        folded = WHITE_SPACE.matcher(folded).replaceAll(" ").strip();
        return new NormalizedText(folded, edges(folded));
    }

    private BitSet edges(String text) {
        BreakIterator iterator = words.clone(); // a separate iterator, because it has state
        iterator.setText(text);
        BitSet edges = new BitSet(text.length() + 1);
        for (int at = iterator.first(); at != BreakIterator.DONE; at = iterator.next()) {
            edges.set(at);
        }
        addInnerEdges(text, edges);
        return edges;
    }

    /**
     * Unicode keeps {@code l'arme}, {@code AV's}, {@code end.Begin} and {@code my_word} whole, and a hand with its colour.
     * Here such punctuation is an edge, for the words beside it are words; only in numbers, as {@code 3.14}, it is none.
     */
    private static void addInnerEdges(String text, BitSet edges) {
        int next;
        for (int at = 0; at < text.length(); at = next) {
            int character = text.codePointAt(at);
            next = at + Character.charCount(character);
            if (separates(character) && !(digitBefore(text, at) && digitAt(text, next))) {
                edges.set(at);
                edges.set(next);
            }
        }
    }

    private static boolean separates(int character) {
        return switch (Character.getType(character)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION, Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION, Character.MODIFIER_SYMBOL ->
                true;
            default -> false;
        };
    }

    private static boolean digitBefore(String text, int end) {
        return end > 0 && UCharacter.isDigit(text.codePointBefore(end));
    }

    private static boolean digitAt(String text, int at) {
        return at < text.length() && UCharacter.isDigit(text.codePointAt(at));
    }
}
