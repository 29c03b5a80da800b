package dev.retouch.server.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a Range header asks for (RFC 9110, section 14). One range only: a header with several, or one
 * that is written wrongly, counts as none, which the RFC allows and every client understands.
 *
 * @param start the first byte
 * @param length how many bytes; 0 where the file has none of them
 */
record ByteRange(long start, long length) {

    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** The range that is asked for, of a file of this size; empty for the whole file. */
    static Optional<ByteRange> of(@Nullable String header, long size) {
        Matcher form = FORM.matcher(header == null ? "" : header.replace(" ", ""));
        if (!form.matches() || (form.group(1).isEmpty() && form.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (form.group(1).isEmpty()) {
            long last = Math.min(size, Long.parseLong(form.group(2)));
            return Optional.of(new ByteRange(size - last, last));
        }
        long start = Long.parseLong(form.group(1));
        long end = form.group(2).isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(form.group(2)));
        if (start >= size) {
            return Optional.of(new ByteRange(size, 0));
        }
        return end < start ? Optional.empty() : Optional.of(new ByteRange(start, end - start + 1));
    }
}
