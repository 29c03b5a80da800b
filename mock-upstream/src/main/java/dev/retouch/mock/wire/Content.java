package dev.retouch.mock.wire;

import java.io.IOException;
import java.io.OutputStream;

/** Something that can be written, more than once and always the same: the first time may only measure its length. */
@FunctionalInterface
public interface Content {

    void writeTo(OutputStream out) throws IOException;

    default long length() throws IOException {
        CountingStream count = new CountingStream();
        writeTo(count);
        return count.bytes();
    }
}
