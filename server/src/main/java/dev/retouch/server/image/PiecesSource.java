package dev.retouch.server.image;

import java.io.IOException;
import java.util.List;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.PooledBuffer;

/** Passes pieces on without a copy. */
final class PiecesSource implements BufferSource {

    private final List<PooledBuffer> pieces;
    private int next;

    PiecesSource(List<PooledBuffer> pieces) {
        this.pieces = pieces;
    }

    @Override
    public @Nullable PooledBuffer next() throws IOException {
        return next < pieces.size() ? pieces.get(next++).share() : null;
    }

    @Override
    public void close() {
        next = pieces.size();
    }
}
