package dev.retouch.server.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.config.ConfigurationLoader;
import dev.retouch.server.upstream.UpstreamSettings.Http;
import dev.retouch.server.upstream.UpstreamSettings.JsonEdits;

/** Settings of an upstream, a change at a time. */
record Provided(UpstreamSettings settings) {

    static Provided at(URI url) {
        UpstreamDefaults usual = new ConfigurationLoader(Map.of()).load(Optional.empty()).upstream();
        return new Provided(UpstreamSettings.usual(url, usual));
    }

    /** So patient with every silence. */
    Provided withIdleTimeout(Duration silence) {
        return with(settings.http(), settings.proxy(), silence, silence, settings.totalTimeout());
    }

    Provided withFirstByte(Duration firstByte) {
        return with(settings.http(), settings.proxy(), firstByte, settings.idleTimeout(), settings.totalTimeout());
    }

    Provided withIdle(Duration idle) {
        return with(settings.http(), settings.proxy(), settings.firstByteTimeout(), idle, settings.totalTimeout());
    }

    Provided withTotal(Duration total) {
        return with(settings.http(), settings.proxy(), settings.firstByteTimeout(), settings.idleTimeout(), total);
    }

    Provided withHttp(Http http) {
        return with(http, settings.proxy(), settings.firstByteTimeout(), settings.idleTimeout(),
                settings.totalTimeout());
    }

    Provided withProxy(URI proxy) {
        return with(settings.http(), proxy, settings.firstByteTimeout(), settings.idleTimeout(),
                settings.totalTimeout());
    }

    Provided speaking(JsonEdits jsonEdits, boolean streams, Map<String, String> models) {
        return new Provided(new UpstreamSettings(settings.url(), null, null, 1, 1, settings.http(), settings.proxy(),
                settings.connectTimeout(), settings.firstByteTimeout(), settings.idleTimeout(),
                settings.totalTimeout(), settings.maxConnections(), jsonEdits, streams, models));
    }

    private Provided with(Http http, @Nullable URI proxy, Duration firstByte, Duration idle, Duration total) {
        return new Provided(new UpstreamSettings(settings.url(), null, null, 1, 1, http, proxy,
                settings.connectTimeout(), firstByte, idle, total, settings.maxConnections(), settings.jsonEdits(),
                settings.streams(), settings.models()));
    }
}
