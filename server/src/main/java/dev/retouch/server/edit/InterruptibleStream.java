package dev.retouch.server.edit;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import dev.retouch.server.intake.Cancellation;

/** What comes from the upstream, until it ends or the exchange does. */
final class InterruptibleStream extends FilterInputStream {

    private final Cancellation cancellation;

    InterruptibleStream(InputStream in, Cancellation cancellation) {
        super(in);
        this.cancellation = cancellation;
    }

    @Override
    public int read() throws IOException {
        return cancellation.<Integer, IOException>interruptibly(in::read);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return cancellation.<Integer, IOException>interruptibly(() -> in.read(target, offset, length));
    }
}
