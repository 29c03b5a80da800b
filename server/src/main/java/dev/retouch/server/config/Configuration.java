package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.fetch.FetchPolicy;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.policy.ImageUrls;
import dev.retouch.server.policy.UnknownParameters;

/**
 * Every setting. {@code defaults.yaml} says what each means.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param dataDir the folder of everything that survives a restart
 * @param publicUrl how clients reach the gateway, if it cannot be told from their requests
 * @param defaultModel the model of an edit that names none
 * @param modelsFile the operator's own models, if there are any
 * @param edits what is done with what nobody expected
 * @param fetch what may be fetched of images that are named by URL
 * @param hosting about hosted images
 * @param limits about the size and pace of requests
 * @param sandbox about the built-in upstream
 * @param upstream about the connection to the upstream
 */
public record Configuration(String host, int port, Path dataDir, @Nullable URI publicUrl, String defaultModel,
        @Nullable Path modelsFile, Edits edits, FetchPolicy fetch, Hosting hosting, Limits limits, Sandbox sandbox,
        UpstreamConnection upstream) {

    /** Checks what a type alone cannot say. */
    public Configuration {
        Setting.check(!host.isBlank(), "host", "must name an address to listen on");
        Setting.check(port >= 0 && port <= 65_535, "port", "must be 0 to 65535, but is " + port);
        publicUrl = publicUrl == null || publicUrl.toString().isEmpty() ? null : publicUrl;
        Setting.check(
                publicUrl == null || "http".equals(publicUrl.getScheme()) || "https".equals(publicUrl.getScheme()),
                "public-url", "must start with http:// or https://");
        modelsFile = modelsFile == null || modelsFile.toString().isEmpty() ? null : modelsFile;
        Setting.check(!defaultModel.isBlank(), "default-model", "must name a model");
    }

    /** What is done with unknown parameters, and with an upstream that returns something else than was asked for. */
    public record Edits(UnknownParameters unknownParameters, Differences differences, ImageUrls imageUrls) {}

    /** How long the links to edited images work. */
    public record Hosting(Duration linkLifetime) {
        /** Checks that links live at all. */
        public Hosting {
            Setting.check(linkLifetime.compareTo(Duration.ofSeconds(1)) >= 0, "link-lifetime", "must be at least 1s");
        }
    }

    /** How large and how slow a request may be. */
    public record Limits(ByteSize body, int parts, ByteSize text, ByteSize memoryPerImage, Duration idle,
            Duration keepAlive) {
        /** Checks that a request fits at all. */
        public Limits {
            Setting.check(parts > 0, "parts", "must be at least 1, but is " + parts);
            Setting.check(body.bytes() > 0, "body", "must be larger than nothing");
            Setting.check(text.bytes() > 0 && text.bytes() <= 64 << 20, "text", "must be 1 to 64MB");
            Setting.check(memoryPerImage.bytes() >= 0 && memoryPerImage.bytes() <= 16 << 20, "memory-per-image",
                    "must be 0 to 16MB");
            Setting.check(idle.compareTo(Duration.ofMillis(100)) >= 0, "idle", "must be at least 100ms");
            Setting.check(keepAlive.compareTo(Duration.ofMillis(100)) >= 0, "keep-alive", "must be at least 100ms");
        }
    }

    /** Whether the built-in upstream serves, and whether its group is answered in both forms. */
    public record Sandbox(boolean enabled, boolean answerBoth) {}

    /** How patient the gateway is with its upstream. */
    public record UpstreamConnection(Duration connectTimeout, Duration idleTimeout) {
        /** Checks that there is any patience. */
        public UpstreamConnection {
            Setting.check(!connectTimeout.isNegative() && !connectTimeout.isZero(), "connect-timeout",
                    "must be longer than nothing");
            Setting.check(!idleTimeout.isNegative() && !idleTimeout.isZero(), "idle-timeout",
                    "must be longer than nothing");
        }
    }
}
