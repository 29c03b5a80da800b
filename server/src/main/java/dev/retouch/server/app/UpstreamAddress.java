package dev.retouch.server.app;

import java.net.URI;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.Secret;

/**
 * Base URL, API key and proxy of an upstream, as its moderation endpoint needs them.
 *
 * @param baseUrl URL that the paths of the API are appended to
 * @param key API key, possibly empty
 * @param proxy HTTP proxy; null for a direct connection
 */
record UpstreamAddress(URI baseUrl, Secret key, @Nullable URI proxy) {}
