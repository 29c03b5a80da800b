package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferInputStream;
import dev.retouch.server.exchange.Cancellation;

/** What comes from the upstream, until it ends or the exchange does. Closing it closes nothing. */
final class CancellableInputStream extends BufferInputStream {

    private final BufferInputStream in;
    private final Cancellation cancellation;

    CancellableInputStream(InputStream in, Cancellation cancellation) {
        this.in = BufferInputStream.of(in);
        this.cancellation = cancellation;
    }

    @Override
    protected @Nullable ByteBuffer receive() throws IOException {
        return cancellation.<@Nullable ByteBuffer, IOException>interruptibly(in::nextBuffer);
    }
}
