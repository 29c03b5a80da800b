package dev.retouch.server.intake;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * Decodes base64 as it comes, a character at a time, in constant memory. Takes the standard and the URL-safe alphabet and
 * skips line ends. Text that is not base64 makes it invalid and is swallowed.
 */
final class Base64Sink {

    private static final int BLOCK = 4096;

    private final OutputStream out;
    private final byte[] block = new byte[BLOCK];
    private int filled;
    private boolean padded;
    private boolean valid = true;

    Base64Sink(OutputStream out) {
        this.out = out;
    }

    void accept(int character) throws IOException {
        int standard = switch (character) {
            case '-' -> '+';
            case '_' -> '/';
            default -> character;
        };
        if (standard == '\r' || standard == '\n' || !valid) {
            return;
        }
        boolean pad = standard == '=';
        boolean letter = (standard >= 'A' && standard <= 'Z') || (standard >= 'a' && standard <= 'z')
                || (standard >= '0' && standard <= '9') || standard == '+' || standard == '/';
        if (!pad && (padded || !letter)) {
            valid = false;
            return;
        }
        padded |= pad;
        block[filled++] = (byte) standard;
        if (filled == BLOCK) {
            flush();
        }
    }

    /** Decodes what is left and says whether everything was base64. */
    boolean finish() throws IOException {
        flush();
        return valid;
    }

    private void flush() throws IOException {
        if (!valid || filled == 0) {
            return;
        }
        try {
            out.write(Base64.getDecoder().decode(Arrays.copyOf(block, filled)));
        } catch (IllegalArgumentException e) {
            valid = false;
        }
        filled = 0;
    }
}
