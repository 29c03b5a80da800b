package dev.retouch.server.moderation;

import java.util.BitSet;

/**
 * A text as words are compared in it.
 *
 * @param text without differences of case, width and invisible characters, each white space one blank
 * @param edges where words may begin and end, as offsets into the text
 */
record FoldedText(String text, BitSet edges) {}
