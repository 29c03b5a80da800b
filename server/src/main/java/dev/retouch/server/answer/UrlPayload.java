package dev.retouch.server.answer;

/**
 * An image behind a link of the upstream.
 *
 * @param url an absolute http(s) URL
 */
public record UrlPayload(String url) implements ImagePayload {}
