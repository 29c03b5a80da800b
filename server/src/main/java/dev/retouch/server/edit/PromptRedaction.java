package dev.retouch.server.edit;

import java.util.BitSet;
import java.util.Locale;

/**
 * Removes a prompt from a message that is kept, also where an upstream repeats only a part of it. A part of fewer than
 * {@value #SHORTEST} characters says little and is often a word of the message itself; a shorter prompt is removed as a whole.
 */
final class PromptRedaction {

    private static final int SHORTEST = 16;
    private static final String REPLACEMENT = "[prompt]";

    private PromptRedaction() {}

    /** Returns the message with {@code [prompt]} in place of each part that is in the prompt, in upper or lower case. */
    static String redact(String message, String prompt) {
        String wanted = prompt.strip().toLowerCase(Locale.ROOT);
        String text = message.toLowerCase(Locale.ROOT);
        if (wanted.isEmpty() || text.length() != message.length()) {
            return wanted.isEmpty() ? message : REPLACEMENT; // positions in the two texts differ
        }
        int window = Math.min(SHORTEST, wanted.length());
        BitSet repeated = new BitSet(text.length());
        for (int at = 0; at + window <= text.length(); at++) {
            if (wanted.contains(text.substring(at, at + window))) {
                repeated.set(at, at + window);
            }
        }
        return replace(message, repeated);
    }

    private static String replace(String message, BitSet repeated) {
        StringBuilder redacted = new StringBuilder();
        int at = 0;
        while (at < message.length()) {
            int start = repeated.nextSetBit(at);
            if (start < 0) {
                return redacted.append(message, at, message.length()).toString();
            }
            redacted.append(message, at, start).append(REPLACEMENT);
            at = repeated.nextClearBit(start);
        }
        return redacted.toString();
    }
}
