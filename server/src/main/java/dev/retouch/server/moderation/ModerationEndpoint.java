package dev.retouch.server.moderation;

import java.net.URI;

import org.jspecify.annotations.Nullable;

/**
 * The address of a moderation service.
 *
 * @param base the base URL, ending in {@code /v1}
 * @param key the API key at the service; empty if the service needs none
 * @param model the moderation model, such as {@code omni-moderation-latest}
 * @param proxy the HTTP proxy; null for a direct connection
 */
public record ModerationEndpoint(URI base, String key, String model, @Nullable URI proxy) {

    URI moderations() {
        return URI.create(base.toString().replaceFirst("/+$", "") + "/moderations");
    }

    /** Leaves out the key. */
    @Override
    public String toString() {
        return base.toString();
    }
}
