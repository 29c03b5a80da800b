package dev.retouch.server.key;

/**
 * The API key and the group that a request was authenticated as.
 *
 * @param key API key
 * @param group group of the key
 */
public record ApiPrincipal(ApiKey key, Group group) {}
