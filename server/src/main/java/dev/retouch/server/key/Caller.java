package dev.retouch.server.key;

/**
 * Who is asking.
 *
 * @param key with which key
 * @param group of which group
 */
public record Caller(ApiKey key, Group group) {}
