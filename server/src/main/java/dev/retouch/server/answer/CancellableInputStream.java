package dev.retouch.server.answer;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

import dev.retouch.server.exchange.Cancellation;

/** What comes from the upstream, until it ends or the exchange does. */
final class CancellableInputStream extends FilterInputStream {

    private final Cancellation cancellation;

    CancellableInputStream(InputStream in, Cancellation cancellation) {
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
