package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.fetch.FetchPolicy;
import dev.retouch.server.policy.ClientGone;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.policy.ImageUrls;
import dev.retouch.server.policy.Undecided;
import dev.retouch.server.policy.UnknownParameters;
import dev.retouch.server.secret.Secret;

/**
 * Every setting. {@code defaults.yaml} says what each means.
 *
 * @param host the address to listen on
 * @param port the port to listen on, 0 for any free one
 * @param dataDir the folder of everything that survives a restart
 * @param publicUrl how clients reach the gateway, if it cannot be told from their requests
 * @param defaultModel the model of an edit that names none
 * @param adminToken the token of administration over HTTP, none where it is off
 * @param bootstrapKey the value of a key that exists from the start on, if there is one
 * @param databaseUrl where PostgreSQL is, none for SQLite
 * @param modelsFile the operator's own models, if there are any
 * @param upstreamsFile more upstreams, if there are any
 * @param edits what is done with what nobody expected
 * @param streaming how connections are kept alive while an edit takes long
 * @param fetch what may be fetched of images that are named by URL
 * @param hosting about hosted images
 * @param limits about the size and pace of requests
 * @param tls the certificate, where the gateway itself speaks https
 * @param cors which web pages may call it
 * @param shutdown how it stops
 * @param sandbox about the built-in upstream
 * @param moderation about what is asked whether a prompt or image may pass
 * @param billing about money
 * @param upstream about the upstream and the connection to it
 * @param idempotency about answers that are kept for an Idempotency-Key
 * @param tasks about edits that run on their own
 */
public record Configuration(String host, int port, Path dataDir, @Nullable URI publicUrl, String defaultModel,
        Secret adminToken, Secret bootstrapKey, Secret databaseUrl, @Nullable Path modelsFile,
        @Nullable Path upstreamsFile, Edits edits, Streaming streaming, FetchPolicy fetch, Hosting hosting,
        Limits limits, Tls tls, Cors cors, Shutdown shutdown, Sandbox sandbox,
        ModerationSettings moderation, Billing billing, Provider upstream,
        Idempotency idempotency, Tasks tasks) {

    private static final Pattern ORIGIN = Pattern.compile("https?://[^/?#@\\s]+", Pattern.CASE_INSENSITIVE);

    /** Checks what a type alone cannot say. */
    public Configuration {
        Setting.check(!host.isBlank(), "host", "must name an address to listen on");
        Setting.check(port >= 0 && port <= 65_535, "port", "must be 0 to 65535, but is " + port);
        publicUrl = httpUrl(publicUrl, "public-url");
        modelsFile = file(modelsFile);
        upstreamsFile = file(upstreamsFile);
        Setting.check(!defaultModel.isBlank(), "default-model", "must name a model");
    }

    /** What is done with unknown parameters, and with an upstream that returns something else than was asked for. */
    public record Edits(UnknownParameters unknownParameters, Differences differences, ImageUrls imageUrls,
            ClientGone clientGone) {}

    /** After how much silence something without a meaning is written; zero for never. */
    public record Streaming(Duration keepAlive, Duration jsonKeepAlive) {
        /** Checks that it is no endless chatter. */
        public Streaming {
            Setting.check(silence(keepAlive), "keep-alive", "must be 0s or at least 100ms");
            Setting.check(silence(jsonKeepAlive), "json-keep-alive", "must be 0s or at least 100ms");
        }

        private static boolean silence(Duration given) {
            return given.isZero() || given.compareTo(Duration.ofMillis(100)) >= 0;
        }
    }

    /** How long the links to edited images work. */
    public record Hosting(Duration linkLifetime) {
        /** Checks that links live at all. */
        public Hosting {
            Setting.check(linkLifetime.compareTo(Duration.ofSeconds(1)) >= 0, "link-lifetime", "must be at least 1s");
        }
    }

    /** How large and how slow a request may be. */
    public record Limits(ByteSize body, int parts, ByteSize text, ByteSize memoryPerImage, Duration idle,
            Duration keepAlive, ByteSize minimumRate, Duration minimumRateAfter, ByteSize headers,
            int requestsInFlight, ByteSize bytesInFlight) {
        /** Checks that a request fits at all. */
        public Limits {
            Setting.check(parts > 0, "parts", "must be at least 1, but is " + parts);
            Setting.check(body.bytes() > 0, "body", "must be larger than nothing");
            Setting.check(text.bytes() > 0 && text.bytes() <= 64 << 20, "text", "must be 1 to 64MB");
            Setting.check(memoryPerImage.bytes() >= 0 && memoryPerImage.bytes() <= 16 << 20, "memory-per-image",
                    "must be 0 to 16MB");
            Setting.check(idle.compareTo(Duration.ofMillis(100)) >= 0, "idle", "must be at least 100ms");
            Setting.check(keepAlive.compareTo(Duration.ofMillis(100)) >= 0, "keep-alive", "must be at least 100ms");
            Setting.check(!minimumRateAfter.isNegative(), "minimum-rate-after", "must not be below zero");
            Setting.check(headers.bytes() >= 1 << 10 && headers.bytes() <= 1 << 20, "headers", "must be 1KB to 1MB");
            Setting.check(requestsInFlight > 0, "requests-in-flight", "must be at least 1");
            Setting.check(bytesInFlight.bytes() >= body.bytes(), "bytes-in-flight",
                    "must be at least the body of one request, " + body.bytes());
        }
    }

    /** The PEM files of a certificate and its key; both or neither. */
    public record Tls(@Nullable Path certificate, @Nullable Path key) {
        /** Checks that neither is alone. */
        public Tls {
            certificate = file(certificate);
            key = file(key);
            Setting.check((certificate == null) == (key == null), certificate == null ? "certificate" : "key",
                    "must be given too: a certificate works with its key only");
        }
    }

    /** Which web pages may call the gateway, and for how long browsers remember that. */
    public record Cors(String origins, Duration maxAge) {
        /** Checks that each origin can be one. */
        public Cors {
            for (String origin : list(origins)) {
                Setting.check(origin.equals("*") || ORIGIN.matcher(origin).matches(), "origins", "'" + origin
                        + "' is no origin; write it like https://app.example.com, without a path, or * for all");
            }
            Setting.check(!maxAge.isNegative(), "max-age", "must not be below zero");
        }

        /** The origins one by one. */
        public List<String> allowed() {
            return list(origins);
        }

        private static List<String> list(String origins) {
            return Arrays.stream(origins.split(",")).map(String::strip).filter(origin -> !origin.isEmpty()).toList();
        }
    }

    /** How long a gateway that stops still takes edits, and how long those in flight may take after that. */
    public record Shutdown(Duration delay, Duration grace) {
        /** Checks that nobody waits for less than nothing. */
        public Shutdown {
            Setting.check(!delay.isNegative(), "delay", "must not be below zero");
            Setting.check(!grace.isNegative(), "grace", "must not be below zero");
        }
    }

    /** Whether the built-in upstream serves, and whether its group is answered in both forms. */
    public record Sandbox(boolean enabled, boolean answerBoth) {}

    /** What is asked whether a prompt or image may pass. */
    public record ModerationSettings(@Nullable Path rulesFile, @Nullable URI url, Secret key, Duration timeout) {
        /** Checks that there is any patience. */
        public ModerationSettings {
            rulesFile = file(rulesFile);
            url = httpUrl(url, "url");
            Setting.check(!timeout.isNegative() && !timeout.isZero(), "timeout", "must be longer than nothing");
        }
    }

    /** How money is counted, and what becomes of what nobody knows. */
    public record Billing(String currency, Duration undecidedAfter, Undecided undecided, Undecided abandoned,
            Duration deadAfter) {
        /** Checks that an instance is not dead between two signs of life. */
        public Billing {
            Setting.check(currency.matches("[A-Z]{3}"), "currency", "must be three capital letters, such as USD");
            Setting.check(!undecidedAfter.isNegative(), "undecided-after", "must not be below zero");
            Setting.check(deadAfter.compareTo(Duration.ofSeconds(3)) >= 0, "dead-after", "must be at least 3s");
        }
    }

    /** How long an answer is kept. */
    public record Idempotency(Duration lifetime) {
        /** Checks that a client can come back for it. */
        public Idempotency {
            Setting.check(lifetime.compareTo(Duration.ofSeconds(1)) >= 0, "lifetime", "must be at least 1s");
        }
    }

    /** How long tasks are kept, how many run and how many wait. */
    public record Tasks(Duration lifetime, int atOnce, int waiting) {
        /** Checks that any task gets anywhere. */
        public Tasks {
            Setting.check(lifetime.compareTo(Duration.ofSeconds(1)) >= 0, "lifetime", "must be at least 1s");
            Setting.check(atOnce > 0, "at-once", "must be at least 1, but is " + atOnce);
            Setting.check(waiting >= 0, "waiting", "must not be below zero, but is " + waiting);
        }
    }

    private static @Nullable Path file(@Nullable Path path) {
        return path == null || path.toString().isEmpty() ? null : path;
    }

    private static @Nullable URI httpUrl(@Nullable URI url, String key) {
        URI given = url == null || url.toString().isEmpty() ? null : url;
        Setting.check(given == null || "http".equals(given.getScheme()) || "https".equals(given.getScheme()), key,
                "must start with http:// or https://");
        return given;
    }

    /**
     * A provider of edits, where one is configured, how patient the gateway is with any upstream, and what it does about one that
     * fails.
     *
     * @param url its base URL
     * @param key its key
     * @param connectTimeout how long it may take to accept a connection
     * @param firstByteTimeout how long it may work, once it has the whole edit, before its answer begins
     * @param idleTimeout how long there may be silence while the edit is sent or the answer is read
     * @param totalTimeout how long an edit may take in all
     * @param maxConnections the most connections to one upstream
     * @param attempts how often an edit is sent at most, to one upstream or several
     * @param retryBudget how many edits of a hundred may be sent to the same upstream again
     * @param restAfter how many calls it takes to judge that an upstream fails
     * @param rest how long one that fails is left alone
     */
    public record Provider(@Nullable URI url, Secret key, Duration connectTimeout, Duration firstByteTimeout,
            Duration idleTimeout, Duration totalTimeout, int maxConnections, int attempts, int retryBudget,
            int restAfter, Duration rest) {
        /** Checks that the address can be one. */
        public Provider {
            url = httpUrl(url, "url");
            Setting.positive(connectTimeout, "connect-timeout");
            Setting.positive(firstByteTimeout, "first-byte-timeout");
            Setting.positive(idleTimeout, "idle-timeout");
            Setting.positive(totalTimeout, "total-timeout");
            Setting.check(maxConnections > 0, "max-connections", "must be at least 1");
            Setting.check(attempts > 0 && attempts <= 10, "attempts", "must be 1 to 10");
            Setting.check(retryBudget >= 0 && retryBudget <= 100, "retry-budget", "must be 0 to 100");
            Setting.check(restAfter > 0, "rest-after", "must be at least 1");
            Setting.positive(rest, "rest");
        }
    }
}
