package dev.retouch.mock.wire;

import java.io.IOException;
import java.io.OutputStream;

/** Content that can be written several times with the same bytes; the first time may only measure its length. */
@FunctionalInterface
public interface ResponseBody {

    void writeTo(OutputStream out) throws IOException;

    default long length() throws IOException {
        CountingStream count = new CountingStream();
        writeTo(count);
        return count.bytes();
    }
}
