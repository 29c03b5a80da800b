package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferInputStream;

/** A response body that reports once how it ended. A body that is closed early counts as {@code ANSWERED}. */
final class ObservedBody extends BufferInputStream {

    private final BufferInputStream body;
    private final Consumer<AttemptOutcome> end;
    private final AtomicBoolean ended = new AtomicBoolean();

    ObservedBody(InputStream body, Consumer<AttemptOutcome> end) {
        this.body = BufferInputStream.of(body);
        this.end = end;
    }

    @Override
    protected @Nullable ByteBuffer receive() throws IOException {
        try {
            ByteBuffer bytes = body.nextBuffer();
            if (bytes == null) {
                ended(AttemptOutcome.ANSWERED);
            }
            return bytes;
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
        body.close();
    }

    private void ended(AttemptOutcome outcome) {
        if (ended.compareAndSet(false, true)) {
            end.accept(outcome);
        }
    }
}
