package dev.retouch.server.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The body of an answer that tells, once, how it ended. What is closed before its end was not wanted further. */
final class WatchedBody extends FilterInputStream {

    private final Consumer<Outcome> end;
    private final AtomicBoolean ended = new AtomicBoolean();

    WatchedBody(InputStream body, Consumer<Outcome> end) {
        super(body);
        this.end = end;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int count = super.read(target, offset, length);
            if (count < 0) {
                ended(Outcome.ANSWERED);
            }
            return count;
        } catch (IOException e) {
            ended(Thread.currentThread().isInterrupted() ? Outcome.CANCELED : Outcome.BROKEN_OFF);
            throw e;
        } catch (UpstreamInterruptedException e) {
            ended(Outcome.CANCELED);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        ended(Outcome.ANSWERED);
        super.close();
    }

    private void ended(Outcome outcome) {
        if (ended.compareAndSet(false, true)) {
            end.accept(outcome);
        }
    }
}
