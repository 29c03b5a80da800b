package dev.retouch.server.answer;

import java.io.InputStream;

/**
 * An upstream's successful response whose body is still arriving.
 *
 * @param format how it is read
 * @param events whether the upstream announced a stream of events, so that the client's stream can begin before its first byte
 * @param refusals what reasons in it mean, and which of their words a client may see
 * @param body its bytes, to be read once
 * @param expiringLinks whether links in it expire, so that every image behind one is fetched
 */
public record IncomingAnswer(AnswerFormat format, boolean events, RefusalPolicy refusals, InputStream body,
        boolean expiringLinks) {

    /** An answer whose links last. */
    public IncomingAnswer(AnswerFormat format, boolean events, RefusalPolicy refusals, InputStream body) {
        this(format, events, refusals, body, false);
    }
}
