package dev.retouch.server.upstream;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.SettingChecks;

/**
 * The settings of one upstream, as in the upstreams file.
 *
 * @param url the base URL; that of OpenAI's form ends in {@code /v1}
 * @param keyEnv the environment variable that has the key
 * @param keyFile the file that has the key
 * @param priority the lowest is tried first; at least 1
 * @param weight the share among upstreams of the same priority
 * @param http the version of HTTP
 * @param proxy the HTTP proxy; null for a direct connection
 * @param connectTimeout the longest time until a connection is accepted
 * @param firstByteTimeout the longest time from the last byte of the edit to the first byte of the response
 * @param idleTimeout the longest silence while the edit is sent or the response is read
 * @param totalTimeout the longest time of one attempt
 * @param maxConnections the most connections at once
 * @param jsonEdits the form in which edits that arrived as JSON are sent
 * @param streams whether the upstream has streaming
 * @param models the upstream's names of models, by their ids in the gateway
 * @param wire the upstream kind, and the settings of its wire format
 */
public record UpstreamSettings(URI url, @Nullable String keyEnv, @Nullable Path keyFile, int priority, int weight,
        Http http, @Nullable URI proxy, Duration connectTimeout, Duration firstByteTimeout, Duration idleTimeout,
        Duration totalTimeout, int maxConnections, JsonEdits jsonEdits, boolean streams, Map<String, String> models,
        WireSettings wire) {

    /** Validates the values. */
    public UpstreamSettings {
        url = URI.create(url.toString().replaceFirst("/+$", ""));
        SettingChecks.check(isHttp(url), "url", "must start with http:// or https:// and name a host");
        SettingChecks.check(url.getUserInfo() == null, "url",
                "must not have a password in it; name the key by key-env");
        SettingChecks.check(keyEnv == null || keyFile == null, "key-file", "cannot be set together with key-env");
        SettingChecks.check(keyEnv == null || keyEnv.matches("[A-Za-z_][A-Za-z0-9_]*"), "key-env",
                "must be the name of an environment variable, and not the key itself");
        SettingChecks.check(keyEnv == null || !keyEnv.startsWith("RETOUCH_"), "key-env",
                "must not start with RETOUCH_, as settings do");
        SettingChecks.check(priority > 0, "priority", "must be at least 1, which is first");
        SettingChecks.check(weight > 0, "weight", "must be at least 1");
        SettingChecks.check(proxy == null || ("http".equals(proxy.getScheme()) && isHttp(proxy) && proxy.getPort() > 0
                && proxy.getUserInfo() == null), "proxy", "must look like http://host:port");
        SettingChecks.check(proxy == null || http != Http.HTTP_2 || "https".equals(url.getScheme()), "http",
                "cannot be 2 behind a proxy unless the url starts with https://");
        SettingChecks.positive(connectTimeout, "connect-timeout");
        SettingChecks.positive(firstByteTimeout, "first-byte-timeout");
        SettingChecks.positive(idleTimeout, "idle-timeout");
        SettingChecks.positive(totalTimeout, "total-timeout");
        SettingChecks.check(maxConnections > 0, "max-connections", "must be at least 1");
        SettingChecks.check(!wire.hasToken() || (keyEnv == null && keyFile == null), "token-file",
                "cannot be set together with key-env or key-file");
        models = Map.copyOf(models);
    }

    /** An upstream in OpenAI's form. */
    public UpstreamSettings(URI url, @Nullable String keyEnv, @Nullable Path keyFile, int priority, int weight,
            Http http, @Nullable URI proxy, Duration connectTimeout, Duration firstByteTimeout, Duration idleTimeout,
            Duration totalTimeout, int maxConnections, JsonEdits jsonEdits, boolean streams,
            Map<String, String> models) {
        this(url, keyEnv, keyFile, priority, weight, http, proxy, connectTimeout, firstByteTimeout, idleTimeout,
                totalTimeout, maxConnections, jsonEdits, streams, models, WireSettings.USUAL);
    }

    /** The provider of {@code upstream.url}, with the defaults of the settings. */
    public static UpstreamSettings usual(URI url, UpstreamDefaults provider) {
        return usual(url, provider, WireSettings.USUAL);
    }

    /** An upstream of any kind with the defaults of the settings, such as the sandbox. */
    public static UpstreamSettings usual(URI url, UpstreamDefaults provider, WireSettings wire) {
        return new UpstreamSettings(url, null, null, 1, 1, Http.AUTO, null, provider.connectTimeout(),
                provider.firstByteTimeout(), provider.idleTimeout(), provider.totalTimeout(),
                provider.maxConnections(), JsonEdits.MULTIPART, true, Map.of(), wire);
    }

    /** The same settings with a direct connection. */
    public UpstreamSettings withoutProxy() {
        return new UpstreamSettings(url, keyEnv, keyFile, priority, weight, http, null, connectTimeout,
                firstByteTimeout,
                idleTimeout, totalTimeout, maxConnections, jsonEdits, streams, models, wire);
    }

    /** Whether the upstream serves a model. */
    public boolean serves(ModelName model) {
        if (models.containsKey(model.id())) {
            return true;
        }
        return wire.deployments().isEmpty()
                ? model.isServedBy(wire.kind())
                : wire.deployments().containsKey(model.id());
    }

    private static boolean isHttp(URI url) {
        return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null;
    }

    /** The version of HTTP that is used. */
    public enum Http {
        /** Negotiated by ALPN over TLS; HTTP/1.1 without TLS. */
        AUTO("auto"),
        /** HTTP/1.1. */
        HTTP_1_1("1.1"),
        /** HTTP/2, with or without TLS. */
        HTTP_2("2");

        private final String text;

        Http(String text) {
            this.text = text;
        }

        /** The version of this name in the file. */
        @JsonCreator
        static Http of(String name) {
            for (Http http : values()) {
                if (http.text.equals(name.toLowerCase(Locale.ROOT))) {
                    return http;
                }
            }
            throw new IllegalArgumentException("'" + name + "' is not a choice; write one of auto, 1.1, 2");
        }
    }

    /** The form in which an edit is sent that arrived as JSON and whose images are loaded. */
    public enum JsonEdits {
        /** A multipart form. */
        MULTIPART,
        /** JSON with data URLs. */
        JSON
    }
}
