package dev.retouch.server.moderation;

import java.util.BitSet;

/**
 * A text prepared for the comparison with words.
 *
 * @param text without differences of case and width, without invisible characters, white space as single blanks
 * @param edges the offsets at which words may begin and end
 */
record NormalizedText(String text, BitSet edges) {}
