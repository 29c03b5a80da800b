package dev.retouch.server.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A response body that reports once how it ended. A body that is closed early counts as {@code ANSWERED}. */
final class ObservedBody extends FilterInputStream {

    private final Consumer<AttemptOutcome> end;
    private final AtomicBoolean ended = new AtomicBoolean();

    ObservedBody(InputStream body, Consumer<AttemptOutcome> end) {
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
                ended(AttemptOutcome.ANSWERED);
            }
            return count;
        } catch (IOException e) {
            ended(Thread.currentThread().isInterrupted() ? AttemptOutcome.CANCELED : AttemptOutcome.BROKEN_OFF);
            throw e;
        } catch (UpstreamInterruptedException e) {
            ended(AttemptOutcome.CANCELED);
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        ended(AttemptOutcome.ANSWERED);
        super.close();
    }

    private void ended(AttemptOutcome outcome) {
        if (ended.compareAndSet(false, true)) {
            end.accept(outcome);
        }
    }
}
