package dev.retouch.server.deploy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.sdk.autoconfigure.AutoConfiguredOpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.observe.Tracing;

import static org.assertj.core.api.Assertions.assertThat;

/** The variables of OpenTelemetry in {@code deploy/} and in the documentation are such as the gateway reads, and turn traces on. */
class TracesDeploymentTest {

    private static final Pattern NAME = Pattern.compile("\\b(OTEL_[A-Z_]*[A-Z])\\b");
    private static final Pattern VALUE = Pattern.compile("\\$\\{[A-Z_]+:-([^}]*)}");
    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String COMPONENT = "kubernetes/components/traces/";

    /** The classes that read the properties, as text: a name that none of them has is read by none. */
    private static final String CLASSES = classes();

    private static String classes() {
        StringBuilder text = new StringBuilder();
        for (Class<?> part : List.of(AutoConfiguredOpenTelemetrySdk.class, OtlpGrpcSpanExporter.class,
                SdkTracerProvider.class)) {
            try (JarFile jar = new JarFile(
                    Path.of(part.getProtectionDomain().getCodeSource().getLocation().toURI()).toFile())) {
                for (JarEntry entry : jar.stream().filter(each -> each.getName().endsWith(".class")).toList()) {
                    text.append(new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.ISO_8859_1));
                }
            } catch (IOException | java.net.URISyntaxException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }

    private static boolean isRead(String variable) {
        String property = variable.toLowerCase(Locale.ROOT).replace('_', '.');
        return CLASSES.contains(property) || CLASSES.contains(property.replace(".otlp.traces.", ".otlp."));
    }

    private static Stream<Path> files() {
        return Stream.concat(DeployFolder.files("").stream(), Stream.of(Path.of("..", "docs", "operations.md")));
    }

    @ParameterizedTest
    @MethodSource("files")
    void everyVariableIsRead(Path file) throws IOException {
        assertThat(DeployFolder.names(NAME, Files.readString(file))).allSatisfy(
                variable -> assertThat(isRead(variable)).as(variable).isTrue());
    }

    @Test
    void aVariableThatIsNotReadIsFound() {
        assertThat(isRead(ENDPOINT)).isTrue();
        assertThat(isRead("OTEL_TRACES_SAMPLER_ARGS")).isFalse();
        assertThat(isRead("OTEL_EXPORTER_OTLP_TRACES_ENDPONIT")).isFalse();
    }

    /** Off by default, and on with the endpoint that the example names. */
    @Test
    void composeSendsTracesToItsCollector() {
        JsonNode services = DeployFolder.yaml("compose.yaml").path("services");
        Map<String, String> variables = new HashMap<>();
        services.path("gateway").path("environment").properties().forEach(
                entry -> variables.put(entry.getKey(), VALUE.matcher(entry.getValue().asText()).replaceAll("$1")));
        assertThat(variables).containsKey(ENDPOINT);
        assertThat(Tracing.of(variables, "1")).isEmpty();

        String named = DeployFolder.names(Pattern.compile("Traces: (http://\\S+)"), DeployFolder.text(".env.example"))
                .iterator().next();
        assertOn(variables, named);
        URI endpoint = URI.create(named);
        assertThat(services.path(endpoint.getHost()).path("profiles")).extracting(JsonNode::asText)
                .contains("monitoring");
        assertThat(endpoint.getPort()).as("of OTLP over HTTP").isEqualTo(4318);
    }

    @Test
    void kubernetesSendsTracesThroughItsPolicy() {
        Map<String, String> variables = new HashMap<>();
        DeployFolder.yaml(COMPONENT + "configmap.yaml").path("data").properties()
                .forEach(entry -> variables.put(entry.getKey(), entry.getValue().asText()));
        URI endpoint = URI.create(variables.getOrDefault(ENDPOINT, ""));
        assertOn(variables, endpoint.toString());
        assertThat(DeployFolder.yaml(COMPONENT + "networkpolicy.yaml")
                .at("/spec/egress/0/ports/0/port").asInt()).isEqualTo(endpoint.getPort());
        assertThat(DeployFolder.yaml(COMPONENT + "configmap.yaml").at("/metadata/name"))
                .isEqualTo(DeployFolder.yaml("kubernetes/base/configmap.yaml").at("/metadata/name"));
    }

    private static void assertOn(Map<String, String> variables, String endpoint) {
        Map<String, String> all = new HashMap<>(variables);
        all.put(ENDPOINT, endpoint);
        Optional<Tracing> tracing = Tracing.of(all, "1");
        assertThat(tracing).isPresent();
        tracing.get().close();
    }

    /** The line that operators uncomment. */
    @Test
    void fleetNamesTheComponent() {
        String overlay = DeployFolder.text("kubernetes/overlays/fleet/kustomization.yaml");
        assertThat(DeployFolder.names(Pattern.compile("(?m)^# +- (\\S*components\\S*)$"), overlay)).singleElement()
                .satisfies(path -> assertThat(
                        DeployFolder.ROOT.resolve("kubernetes/overlays/fleet").resolve(path)
                                .resolve("kustomization.yaml"))
                        .exists());
        assertThat(DeployFolder.yaml(COMPONENT + "kustomization.yaml").path("kind").asText()).isEqualTo("Component");
    }
}
