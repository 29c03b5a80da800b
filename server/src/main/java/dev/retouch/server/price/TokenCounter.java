package dev.retouch.server.price;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Counts the tokens of a text in o200k_base, the encoding of the GPT image models, as OpenAI's tiktoken does: the text is split into
 * pieces, and in each piece the two neighbours whose union has the lowest rank are merged until no union is a token. Text that looks like
 * a special token counts as plain text. The time grows almost linearly with the length of a piece.
 */
final class TokenCounter {

    /** The rule that splits texts, from tiktoken's definition of o200k_base: words, numbers of three digits, punctuation and white space. */
    private static final Pattern PIECES = Pattern.compile(String.join("|",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
            "\\p{N}{1,3}", " ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*", "\\s*[\\r\\n]+", "\\s+(?!\\S)", "\\s+"),
            Pattern.UNICODE_CHARACTER_CLASS);

    private final TokenVocabulary vocabulary;

    TokenCounter(TokenVocabulary vocabulary) {
        this.vocabulary = vocabulary;
    }

    /** The number of tokens; 0 for an empty text. */
    int count(String text) {
        int tokens = 0;
        Matcher pieces = PIECES.matcher(text);
        while (pieces.find()) {
            byte[] piece = pieces.group().getBytes(StandardCharsets.UTF_8);
            tokens += vocabulary.rank(piece, 0, piece.length) == TokenVocabulary.NONE ? new Merge(piece).tokens() : 1;
        }
        return tokens;
    }

    /** Two neighbours that could be merged: the rank of their union, where the first begins, and where the second ends. */
    private record Pair(int rank, int from, int to) implements Comparable<Pair> {

        @Override
        public int compareTo(Pair other) {
            return rank == other.rank ? Integer.compare(from, other.from) : Integer.compare(rank, other.rank);
        }
    }

    /** Merges the bytes of one piece. */
    private final class Merge {

        private final byte[] piece;
        /** Where the part that begins at an index ends; 0 where no part begins. */
        private final int[] ends;
        /** Where the part before the one that begins at an index begins. */
        private final int[] previous;
        private final PriorityQueue<Pair> pairs = new PriorityQueue<>();

        Merge(byte[] piece) {
            this.piece = piece;
            ends = new int[piece.length + 1];
            previous = new int[piece.length + 1];
            Arrays.setAll(ends, index -> index == piece.length ? 0 : index + 1);
            Arrays.setAll(previous, index -> index - 1);
        }

        int tokens() {
            int parts = piece.length;
            for (int index = 0; index < piece.length; index++) {
                offer(index);
            }
            for (Pair best = pairs.poll(); best != null; best = pairs.poll()) {
                int second = ends[best.from];
                if (second != 0 && second < piece.length && ends[second] == best.to) {
                    ends[best.from] = best.to;
                    ends[second] = 0;
                    previous[best.to] = best.from;
                    parts--;
                    offer(best.from);
                    if (best.from > 0) {
                        offer(previous[best.from]);
                    }
                }
            }
            return parts;
        }

        /** Offers the part that begins here, with the next one. */
        private void offer(int from) {
            int second = ends[from];
            if (second < piece.length) {
                int rank = vocabulary.rank(piece, from, ends[second]);
                if (rank != TokenVocabulary.NONE) {
                    pairs.add(new Pair(rank, from, ends[second]));
                }
            }
        }
    }
}
