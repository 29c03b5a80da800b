package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * A token that a source renews, as a bearer token. It is kept until shortly before it expires, or until the upstream refuses it. One
 * thread renews it while the others wait.
 */
public final class TokenCredential implements Credential {

    /** Time before its end at which a token is renewed. */
    private static final Duration MARGIN = Duration.ofMinutes(2);

    private final Source source;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable Token current;

    /** A credential of this source. */
    public TokenCredential(Source source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    /** Where tokens come from. */
    @FunctionalInterface
    public interface Source {

        /**
         * A new token. May block; an interrupt ends it.
         *
         * @throws IOException if there is none
         */
        Token next() throws IOException;
    }

    /**
     * A token.
     *
     * @param value the token
     * @param expires when it ends
     */
    public record Token(String value, Instant expires) {

        /** Rejects text that no header can carry. */
        public Token {
            if (!value.matches("[\\x21-\\x7e]{1,8192}")) {
                throw new IllegalArgumentException("a token that no header can carry");
            }
        }

        @Override
        public String toString() {
            return "Token[expires=" + expires + "]";
        }
    }

    @Override
    public Map<String, String> headers() throws IOException {
        Token token = current;
        if (token == null || !isFresh(token)) {
            token = renewed();
        }
        return Map.of("authorization", "Bearer " + token.value());
    }

    private boolean isFresh(Token token) {
        return clock.instant().isBefore(token.expires().minus(MARGIN));
    }

    private Token renewed() throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("while a token was renewed");
        }
        try {
            Token token = current;
            if (token == null || !isFresh(token)) {
                token = source.next();
                current = token;
            }
            return token;
        } catch (IllegalArgumentException e) {
            throw new IOException(e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public List<String> secrets() {
        Token token = current;
        return token == null ? List.of() : List.of(token.value());
    }

    @Override
    public void refused() {
        current = null;
    }
}
