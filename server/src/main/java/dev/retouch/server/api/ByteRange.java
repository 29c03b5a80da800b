package dev.retouch.server.api;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a {@code Range} header requests (RFC 9110, section 14). Supports a single range. Several
 * ranges or a malformed header count as none, which the RFC allows.
 *
 * @param start first byte
 * @param length number of bytes; 0 if the range is outside the file
 */
record ByteRange(long start, long length) {

    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** Returns the requested range of a file, or empty for the whole file. */
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
