package dev.retouch.server.moderation;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * A trie of words and phrases: a text is walked once, however many words there are. Must be filled by a single thread
 * before it is used.
 */
final class WordTrie {

    private final Node root = new Node();

    /** Adds a folded word or phrase. */
    void add(String word, String category) {
        Node node = root;
        for (int i = 0; i < word.length(); i++) {
            node = node.next.computeIfAbsent(word.charAt(i), _ -> new Node());
        }
        node.categories.add(category);
    }

    /** Adds the categories of every word that occurs in the text as a whole word. */
    void find(NormalizedText text, Set<String> categories) {
        int length = text.text().length();
        for (int start = text.edges().nextSetBit(0); start >= 0 && start < length;) {
            findAt(text, start, categories);
            start = text.edges().nextSetBit(start + 1);
        }
    }

    /** Where the text breaks inside of a phrase does not matter: in context, words join otherwise than alone. */
    private void findAt(NormalizedText text, int start, Set<String> categories) {
        @Nullable
        Node node = root;
        for (int at = start; at < text.text().length(); at++) {
            node = node.next.get(text.text().charAt(at));
            if (node == null) {
                return;
            }
            if (text.edges().get(at + 1)) {
                categories.addAll(node.categories);
            }
        }
    }

    private static final class Node {

        private final Map<Character, Node> next = new HashMap<>(2);
        private final Set<String> categories = new TreeSet<>();
    }
}
