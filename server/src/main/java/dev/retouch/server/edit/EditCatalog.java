package dev.retouch.server.edit;

import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.upstream.UpstreamRegistry;

/**
 * What the files of models, upstreams and moderation rules say at one time.
 *
 * @param models the models
 * @param upstreams the upstreams, with open HTTP clients
 * @param moderation the moderators of the upstreams
 */
public record EditCatalog(ModelRegistry models, UpstreamRegistry upstreams, EditModeration moderation) {}
