package dev.retouch.contract.prose;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words that CONTRIBUTING.md excludes from prose: vague actors, and phrases that have a plain equivalent. */
final class DiscouragedWords {

    private static final List<String> ACTORS = List.of("whoever", "somebody", "nobody", "anybody", "everybody",
            "oneself",
            "one's", "ones", "(?:this|that|which|each|another) one(?=[.,;:)]| (?:is|has|that|which|of|to)\\b)", "we",
            "us",
            "our", "ours");
    private static final List<String> PHRASES = List.of("told", "tells?", "telling", "stands", "what is there",
            "what came", "at hand", "by itself", "by themselves", "a while", "for good", "in vain",
            "(?:goes|go|going|gone|went) away", "(?:comes?|came) free", "(?:takes?|taken|took) up", "side by side",
            "as it is", "of (?:its|their) own");
    /** Upper case counts at the start of a word only: the country US is no pronoun. A phrase may continue on the next line. */
    private static final Pattern PATTERN = Pattern.compile(Stream.concat(ACTORS.stream(), PHRASES.stream())
            .map(DiscouragedWords::withCapital).map(word -> word.replace(" ", "\\s+"))
            .collect(Collectors.joining("|", "(?<![\\w'-])(?:", ")(?![\\w-])")));

    private DiscouragedWords() {}

    /**
     * A place where a word is used.
     *
     * @param line the line, from 1
     * @param word the word or phrase
     */
    record Occurrence(int line, String word) {

        @Override
        public String toString() {
            return "line " + line + ": " + word;
        }
    }

    /** Finds all occurrences in a text, in their order. */
    static List<Occurrence> in(String prose) {
        return PATTERN.matcher(prose).results().map(match -> new Occurrence(
                1 + (int) prose.substring(0, match.start()).chars().filter(c -> c == '\n').count(),
                match.group().replaceAll("\\s+", " "))).toList();
    }

    private static String withCapital(String word) {
        char first = word.charAt(0);
        return Character.isLetter(first)
                ? "[" + first + Character.toUpperCase(first) + "]" + word.substring(1)
                : "(?:" + word + ")";
    }
}
