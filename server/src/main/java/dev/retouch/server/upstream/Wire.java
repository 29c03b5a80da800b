package dev.retouch.server.upstream;

import org.eclipse.jetty.client.Request;

import dev.retouch.server.answer.AnswerFormat;

/** The wire format of an upstream kind that answers the request itself: it writes edits, and says how responses are read. */
public interface Wire {

    /** What the kind takes and returns. */
    KindTraits traits();

    /** The request of an edit that was fitted to the traits. */
    Written write(UpstreamRequest edit);

    /** How a successful response is read. */
    AnswerFormat answers();

    /** How an error response is read. */
    UpstreamErrors errors();

    /** Whether links in responses expire. */
    default boolean expiringLinks() {
        return false;
    }

    /** The request that costs nothing and shows whether the upstream can be used. */
    Check check();

    /**
     * A request that costs nothing.
     *
     * @param url the absolute URL
     * @param ofKey whether its response shows if the gateway's key is valid
     */
    record Check(String url, boolean ofKey) {}

    /**
     * A request.
     *
     * @param url the absolute URL
     * @param accept the media types of its response
     * @param body the body, read while it is sent
     */
    record Written(String url, String accept, Request.Content body) {}
}
