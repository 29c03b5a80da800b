package dev.retouch.server.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Receives bytes in order. */
public interface BufferSink {

    /** Takes all bytes between the position and the limit, and moves the position to the limit. Keeps no reference to the buffer. */
    void write(ByteBuffer bytes) throws IOException;
}
