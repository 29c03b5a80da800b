package dev.retouch.server.upstream;

/**
 * A model, by both its names.
 *
 * @param id what we call it
 * @param usual what upstreams call it, unless one has a name of its own for it
 */
public record ModelName(String id, String usual) {}
