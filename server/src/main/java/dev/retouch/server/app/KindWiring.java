package dev.retouch.server.app;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.Credential;
import dev.retouch.server.upstream.FanOutTransport;
import dev.retouch.server.upstream.HttpCalls;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.Redactor;
import dev.retouch.server.upstream.TokenCredential;
import dev.retouch.server.upstream.TokenSources;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.UpstreamTransport;
import dev.retouch.server.upstream.Wire;
import dev.retouch.server.upstream.WireSettings;
import dev.retouch.server.upstream.azure.AzureWire;
import dev.retouch.server.upstream.gemini.GeminiWire;
import dev.retouch.server.upstream.gemini.GoogleTokens;
import dev.retouch.server.upstream.openai.OpenAiWire;
import dev.retouch.server.upstream.openrouter.OpenRouterWire;
import dev.retouch.server.upstream.poll.PollKind;
import dev.retouch.server.upstream.poll.PollKindsReader;
import dev.retouch.server.upstream.poll.PollUpstream;
import dev.retouch.server.upstream.xai.XaiWire;

/** Creates upstreams of each kind: those that are code, and those that files describe. */
final class KindWiring {

    /** The kinds that are code, with their base URL, if all upstreams of a kind have the same. */
    private static final Map<String, String> IN_CODE = Map.of(WireSettings.OPENAI, "", "azure", "", "gemini",
            "https://generativelanguage.googleapis.com/v1beta", "vertex", "", "openrouter",
            "https://openrouter.ai/api/v1", "xai", "https://api.x.ai/v1");
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "Bearer ";
    private static final String VERTEX = "vertex";
    /** The metadata server of a machine at Google Cloud, and the variable that names another. */
    private static final URI METADATA = URI.create("http://metadata.google.internal");
    private static final String METADATA_VARIABLE = "GCE_METADATA_HOST";
    /** Space for base64, and for everything else of a response with one image. */
    private static final long OTHER_BYTES = 1 << 20;

    private final Map<String, PollKind> poll;
    private final Map<String, String> environment;
    private final long maxReturnedImage;

    /**
     * Reads the files of kinds.
     *
     * @param file the operator's file; null for none
     * @param environment the environment of the process
     */
    KindWiring(@Nullable Path file, Map<String, String> environment, long maxReturnedImage) {
        this.poll = PollKindsReader.read(file);
        this.environment = Map.copyOf(environment);
        this.maxReturnedImage = maxReturnedImage;
    }

    /** An upstream, and the HTTP client that is closed with it. */
    record Created(UpstreamTransport transport, AutoCloseable client) {}

    /** Returns the names of all kinds, with the base URL of those whose upstreams need not name one. */
    Map<String, Optional<URI>> usualUrls() {
        Map<String, Optional<URI>> urls = new LinkedHashMap<>();
        IN_CODE.forEach((name, url) -> urls.put(name, url.isEmpty() ? Optional.empty() : Optional.of(URI.create(url))));
        poll.forEach((name, kind) -> urls.put(name, Optional.ofNullable(kind.url())));
        return urls;
    }

    /** Returns whether upstreams of a kind need a key. */
    boolean needsKey(WireSettings wire) {
        return !wire.kind().equals(WireSettings.OPENAI) && !wire.kind().equals(VERTEX)
                && !wire.hasToken();
    }

    /** Returns what an upstream depends on besides its settings. */
    Optional<PollKind> description(UpstreamSettings settings) {
        return Optional.ofNullable(poll.get(settings.wire().kind()));
    }

    /** Creates an upstream. */
    Created create(UpstreamSettings settings, Secret key, Spool spool, Clock clock) {
        HttpCalls calls = new HttpCalls(settings);
        // the metadata server is at the machine itself, and no proxy may see its tokens
        HttpCalls direct = settings.proxy() == null || !usesMetadata(settings.wire(), key)
                ? calls
                : new HttpCalls(settings.withoutProxy());
        Credential credential = credential(settings, key, calls, direct, clock);
        PollKind described = poll.get(settings.wire().kind());
        if (described != null) {
            PollUpstream upstream = new PollUpstream(settings, described, calls, credential, clock);
            return new Created(fannedOut(upstream, spool), upstream);
        }
        Wire wire = wire(settings, new Redactor(credential::secrets), clock);
        HttpUpstream upstream = new HttpUpstream(calls, credential, wire);
        return new Created(fannedOut(upstream, spool), () -> {
            try (direct) {
                upstream.close();
            }
        });
    }

    private static boolean usesMetadata(WireSettings wire, Secret key) {
        return wire.kind().equals(VERTEX) && key.value().isEmpty() && !wire.hasToken();
    }

    private UpstreamTransport fannedOut(UpstreamTransport single, Spool spool) {
        return new FanOutTransport(single, spool, maxReturnedImage / 3 * 4 + OTHER_BYTES);
    }

    private static Wire wire(UpstreamSettings settings, Redactor redactor, Clock clock) {
        return switch (settings.wire().kind()) {
            case "azure" -> new AzureWire(settings, redactor, clock);
            case "gemini" -> GeminiWire.gemini(settings, redactor, clock);
            case VERTEX -> GeminiWire.vertex(settings, redactor, clock);
            case "openrouter" -> new OpenRouterWire(settings, redactor, clock);
            case "xai" -> new XaiWire(settings, redactor, clock);
            default -> new OpenAiWire(settings, redactor, clock);
        };
    }

    /** @param direct calls without a proxy */
    private Credential credential(UpstreamSettings settings, Secret key, HttpCalls calls, HttpCalls direct,
            Clock clock) {
        WireSettings wire = settings.wire();
        if (wire.tokenFile() != null) {
            return new TokenCredential(TokenSources.file(wire.tokenFile(), clock), clock);
        }
        if (!wire.tokenCommand().isEmpty()) {
            return new TokenCredential(TokenSources.command(wire.tokenCommand(), clock), clock);
        }
        if (wire.serviceAccountFile() != null) {
            return new TokenCredential(new GoogleTokens(calls, clock).serviceAccount(wire.serviceAccountFile()), clock);
        }
        PollKind described = poll.get(wire.kind());
        if (described != null) {
            return Credential.key(described.key().header(), described.key().prefix(), key);
        }
        return switch (wire.kind()) {
            case "azure" -> Credential.key("api-key", "", key);
            case "gemini" -> Credential.key("x-goog-api-key", "", key);
            case VERTEX -> key.value().isPresent()
                    ? Credential.key("x-goog-api-key", "", key)
                    : new TokenCredential(new GoogleTokens(direct, clock).metadata(metadataServer()), clock);
            default -> Credential.key(AUTHORIZATION, BEARER, key);
        };
    }

    private URI metadataServer() {
        String named = environment.get(METADATA_VARIABLE);
        return named == null || named.isBlank() ? METADATA : URI.create("http://" + named);
    }
}
