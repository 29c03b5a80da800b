package dev.retouch.server.observe;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;

import dev.retouch.server.settings.ConfigurationException;

/**
 * Sends the spans of edits to a collector by OTLP, as the standard variables {@code OTEL_…} say. Spans wait in a bounded queue and are
 * dropped if the collector does not take them; edits never wait for it.
 */
public final class Tracing implements AutoCloseable {

    private static final Duration FLUSH = Duration.ofSeconds(5);
    private static final String PREFIX = "OTEL_";
    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> VERSION = AttributeKey.stringKey("service.version");

    private final OpenTelemetrySdk sdk;
    private final EditTraces edits;

    private Tracing(OpenTelemetrySdk sdk) {
        this.sdk = sdk;
        this.edits = new EditTraces(sdk.getTracer("dev.retouch"));
    }

    /**
     * Starts the SDK if the environment names an endpoint. Otherwise no class of it is loaded and no span exists.
     *
     * @param version version of the gateway
     * @throws ConfigurationException if a variable is invalid
     */
    public static Optional<Tracing> of(Map<String, String> environment, String version) {
        return isOn(environment) ? Optional.of(new Tracing(started(environment, version))) : Optional.empty();
    }

    private static boolean isOn(Map<String, String> environment) {
        boolean endpoint = !environment.getOrDefault("OTEL_EXPORTER_OTLP_ENDPOINT", "").isBlank()
                || !environment.getOrDefault("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "").isBlank();
        boolean disabled = "true".equalsIgnoreCase(environment.getOrDefault("OTEL_SDK_DISABLED", "").strip())
                || "none".equalsIgnoreCase(environment.getOrDefault("OTEL_TRACES_EXPORTER", "").strip());
        return endpoint && !disabled;
    }

    private static OpenTelemetrySdk started(Map<String, String> environment, String version) {
        try {
            return AutoConfiguredOpenTelemetrySdk.builder().disableShutdownHook()
                    .addPropertiesSupplier(() -> Map.of("otel.exporter.otlp.protocol", "http/protobuf"))
                    .addPropertiesCustomizer(_ -> properties(environment))
                    .addResourceCustomizer((resource, _) -> named(resource, version)).build().getOpenTelemetrySdk();
        } catch (RuntimeException e) {
            throw new ConfigurationException("the variables OTEL_… do not describe a trace exporter: " + reason(e));
        }
    }

    /** The environment that was given, because a test and an embedding program have another one than the process. */
    private static Map<String, String> properties(Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                properties.put(name.toLowerCase(Locale.ROOT).replace('_', '.'), value);
            }
        });
        properties.put("otel.metrics.exporter", "none");
        properties.put("otel.logs.exporter", "none");
        return properties;
    }

    private static Resource named(Resource resource, String version) {
        String given = resource.getAttribute(SERVICE);
        Resource own = Resource.builder()
                .put(SERVICE, given == null || given.startsWith("unknown_service") ? "retouch" : given)
                .put(VERSION, version).build();
        return resource.merge(own);
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getMessage() == null && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** Returns the recorder of spans. */
    EditTraces edits() {
        return edits;
    }

    /** Sets the base URLs of the upstreams by name, which spans of attempts show. */
    public void upstreams(Map<String, URI> urls) {
        edits.upstreams(urls);
    }

    /** Sends the spans that wait, for at most five seconds, and stops. */
    @Override
    public void close() {
        sdk.shutdown().join(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    }
}
