package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.jspecify.annotations.Nullable;

/**
 * One upstream of the upstreams file.
 *
 * @param url its base URL, ending in {@code /v1}
 * @param keyEnv the environment variable that has its key
 * @param keyFile the file that has its key
 * @param priority when it is chosen; 1 is first
 * @param weight how often it is chosen among those of the same priority
 * @param http how it is spoken to
 * @param proxy through which proxy
 * @param connectTimeout how long it may take to accept a connection
 * @param firstByteTimeout how long it may work, once it has the whole edit, before its answer begins
 * @param idleTimeout how long there may be silence while the edit is sent or the answer is read
 * @param totalTimeout how long an edit may take in all
 * @param maxConnections the most connections to it
 * @param jsonEdits what an edit that came as JSON becomes on its way out
 * @param streams whether it can answer with events
 * @param models its names of our models, by their ids here
 */
public record UpstreamSettings(URI url, @Nullable String keyEnv, @Nullable Path keyFile, int priority, int weight,
        Http http, @Nullable URI proxy, Duration connectTimeout, Duration firstByteTimeout, Duration idleTimeout,
        Duration totalTimeout, int maxConnections, JsonEdits jsonEdits, boolean streams, Map<String, String> models) {

    /** Checks what a type alone cannot say. */
    public UpstreamSettings {
        url = URI.create(url.toString().replaceFirst("/+$", ""));
        Setting.check(isHttp(url), "url", "must start with http:// or https:// and name a host");
        Setting.check(url.getUserInfo() == null, "url", "must not have a password in it; name the key by key-env");
        Setting.check(keyEnv == null || keyFile == null, "key-file", "cannot stand beside key-env");
        Setting.check(keyEnv == null || keyEnv.matches("[A-Za-z_][A-Za-z0-9_]*"), "key-env",
                "must be the name of an environment variable, and not the key itself");
        Setting.check(keyEnv == null || !keyEnv.startsWith("RETOUCH_"), "key-env",
                "must not start with RETOUCH_, as settings do");
        Setting.check(priority > 0, "priority", "must be at least 1, which is first");
        Setting.check(weight > 0, "weight", "must be at least 1");
        Setting.check(proxy == null || ("http".equals(proxy.getScheme()) && isHttp(proxy) && proxy.getPort() > 0
                && proxy.getUserInfo() == null), "proxy", "must look like http://host:port");
        Setting.check(proxy == null || http != Http.HTTP_2 || "https".equals(url.getScheme()), "http",
                "cannot be 2 behind a proxy unless the url starts with https://");
        Setting.positive(connectTimeout, "connect-timeout");
        Setting.positive(firstByteTimeout, "first-byte-timeout");
        Setting.positive(idleTimeout, "idle-timeout");
        Setting.positive(totalTimeout, "total-timeout");
        Setting.check(maxConnections > 0, "max-connections", "must be at least 1");
        models = Map.copyOf(models);
    }

    /** The provider that the settings themselves name, or the sandbox: first, with all that is usual. */
    public static UpstreamSettings usual(URI url, Configuration.Provider provider) {
        return new UpstreamSettings(url, null, null, 1, 1, Http.AUTO, null, provider.connectTimeout(),
                provider.firstByteTimeout(), provider.idleTimeout(), provider.totalTimeout(),
                provider.maxConnections(), JsonEdits.MULTIPART, true, Map.of());
    }

    private static boolean isHttp(URI url) {
        return ("http".equals(url.getScheme()) || "https".equals(url.getScheme())) && url.getHost() != null;
    }

    /** Which HTTP is spoken. */
    public enum Http {
        /** What both sides agree on over TLS, and HTTP/1.1 otherwise. */
        AUTO("auto"),
        /** HTTP/1.1. */
        HTTP_1_1("1.1"),
        /** HTTP/2, also without TLS. */
        HTTP_2("2");

        private final String word;

        Http(String word) {
            this.word = word;
        }

        /** By the word in the file. */
        @JsonCreator
        static Http of(String word) {
            for (Http http : values()) {
                if (http.word.equals(word.toLowerCase(Locale.ROOT))) {
                    return http;
                }
            }
            throw new IllegalArgumentException("'" + word + "' is not a choice; write one of auto, 1.1, 2");
        }
    }

    /** What an edit that came as JSON, with its images at hand, becomes on its way out. */
    public enum JsonEdits {
        /** A form. */
        MULTIPART,
        /** JSON with data URLs. */
        JSON
    }
}
