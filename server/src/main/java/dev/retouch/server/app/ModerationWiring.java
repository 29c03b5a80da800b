package dev.retouch.server.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ModerationSettings;
import dev.retouch.server.edit.EditModeration;
import dev.retouch.server.moderation.ImageReducer;
import dev.retouch.server.moderation.LocalRules;
import dev.retouch.server.moderation.ModerationClient;
import dev.retouch.server.moderation.ModerationClientSettings;
import dev.retouch.server.moderation.ModerationEndpoint;
import dev.retouch.server.moderation.ModerationObserver;
import dev.retouch.server.moderation.Moderator;

/**
 * Creates a moderator for each upstream, with the same rules. It calls the moderation endpoint of that upstream, unless
 * {@code moderation.url} names another service.
 */
final class ModerationWiring {

    private static final String MODEL = "omni-moderation-latest";
    private static final int MAX_CONCURRENT_REQUESTS = 64;

    private final EditModeration editModeration;

    ModerationWiring(SharedConnections.Uses uses, Configuration configuration, LocalRules rules,
            Map<String, UpstreamAddress> upstreams, ModerationObserver observer) {
        ModerationSettings settings = configuration.moderation();
        ModerationClientSettings limits = new ModerationClientSettings(configuration.upstream().connectTimeout(),
                settings.timeout(), MAX_CONCURRENT_REQUESTS);
        ImageReducer reducer = new ImageReducer();
        Map<String, Moderator> moderators = new LinkedHashMap<>();
        upstreams.forEach((name, upstream) -> {
            UpstreamAddress address = settings.url() == null
                    ? upstream
                    : new UpstreamAddress(settings.url(), settings.key(), null);
            ModerationEndpoint endpoint = new ModerationEndpoint(address.baseUrl(), address.key().value().orElse(""),
                    MODEL, address.proxy());
            ModerationClient client = uses.take(ModerationClient.class, endpoint, () -> {
                ModerationClient created = new ModerationClient(endpoint, limits, reducer);
                return new SharedConnections.Connected(created, created);
            });
            moderators.put(name, new Moderator(rules, Optional.of(client), observer));
        });
        this.editModeration = new EditModeration(moderators);
    }

    EditModeration editModeration() {
        return editModeration;
    }
}
