package dev.retouch.server.deploy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.config.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/** The manifests have only fields that Kubernetes knows, and only variables, ports and paths that the gateway has. */
class KubernetesTest {

    private static final String KUSTOMIZATION = "kustomization.yaml";
    private final Deployment deployment = base("deployment.yaml", Deployment.class);
    private final PodSpec pod = deployment.getSpec().getTemplate().getSpec();
    private final Container container = pod.getContainers().getFirst();
    private final ConfigMap config = base("configmap.yaml", ConfigMap.class);
    private final Configuration settings = settings();

    private static <T> T base(String name, Class<T> kind) {
        return kind.cast(Manifests.typed(DeployFolder.yaml("kubernetes/base/" + name)));
    }

    private Configuration settings() {
        Map<String, String> variables = new HashMap<>(config.getData());
        variables.putAll(Map.of("RETOUCH_HOST", "0.0.0.0", "RETOUCH_DATA_DIR", "/data"));
        return DeployFolder.settings(variables);
    }

    private static List<Path> manifests() {
        return DeployFolder.files("kubernetes").stream()
                .filter(file -> !file.getFileName().toString().equals(KUSTOMIZATION)).toList();
    }

    @ParameterizedTest
    @MethodSource("manifests")
    void manifestHasKnownFieldsOnly(Path file) throws Exception {
        for (JsonNode manifest : DeployFolder.documents(Files.readString(file))) {
            assertThat(Manifests.typed(manifest)).isNotNull();
        }
    }

    @Test
    void anUnknownFieldIsFound() {
        JsonNode wrong = DeployFolder.documents("kind: Service\nspec:\n  ports:\n    - name: a\n      prot: 1\n")
                .getFirst();
        assertThat(catchThrowable(() -> Manifests.typed(wrong))).hasMessageContaining("prot");
    }

    @ParameterizedTest
    @ValueSource(strings = {"base", "overlays/single", "overlays/fleet", "components/traces"})
    void kustomizationNamesFilesThatExist(String folder) {
        Path place = DeployFolder.ROOT.resolve("kubernetes").resolve(folder);
        JsonNode kustomization = DeployFolder.yaml("kubernetes/" + folder + "/" + KUSTOMIZATION);
        assertThat(kustomization.properties()).allSatisfy(field -> assertThat(
                Set.of("apiVersion", "kind", "resources", "patches", "labels", "images", "components"))
                .contains(field.getKey()));
        List<String> named = new ArrayList<>();
        kustomization.path("resources").forEach(name -> named.add(name.asText()));
        kustomization.path("components").forEach(name -> named.add(name.asText()));
        kustomization.path("patches").forEach(patch -> named.add(patch.path("path").asText()));
        assertThat(named).isNotEmpty().allSatisfy(name -> assertThat(place.resolve(name)).exists());
        try (Stream<Path> files = Files.list(place)) {
            assertThat(files.map(file -> file.getFileName().toString()).filter(name -> !name.equals(KUSTOMIZATION)))
                    .as("every file is used").allSatisfy(name -> assertThat(named).contains(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void probesAskPathsOfTheContract() {
        ContractDocument contract = new ContractDocument();
        for (Probe probe : List.of(container.getStartupProbe(), container.getLivenessProbe(),
                container.getReadinessProbe())) {
            assertThat(contract.security("GET", probe.getHttpGet().getPath()))
                    .contains(ContractDocument.Security.NONE);
            assertThat(probe.getHttpGet().getPort().getStrVal()).isEqualTo("http");
        }
        ServiceMonitor monitor = (ServiceMonitor) Manifests.typed(
                DeployFolder.yaml("kubernetes/overlays/fleet/servicemonitor.yaml"));
        assertThat(contract.security("GET", monitor.getSpec().getEndpoints().getFirst().getPath()))
                .contains(ContractDocument.Security.METRICS);
        String token = monitor.getSpec().getEndpoints().getFirst().getAuthorization().getCredentials().getKey();
        assertThat(DeployFolder.settings(Map.of(token, "given")).metricsToken().value()).contains("given");
    }

    /** What clients use is reachable; administration is not. */
    @Test
    void routeLeadsToThePathsOfClients() {
        HTTPRoute route = (HTTPRoute) Manifests.typed(DeployFolder.yaml("kubernetes/overlays/fleet/route.yaml"));
        List<String> prefixes = route.getSpec().getRules().getFirst().getMatches().stream()
                .map(match -> match.getPath().getValue()).toList();
        assertThat(prefixes).isNotEmpty().allSatisfy(prefix -> assertThat(prefix).matches("/[a-z0-9]+"));
        Set<String> reachable = new TreeSet<>();
        DeployFolder.documents(new String(ContractDocument.yaml(), StandardCharsets.UTF_8)).getFirst()
                .path("paths").fieldNames().forEachRemaining(path -> {
                    if (prefixes.stream().anyMatch(prefix -> path.startsWith(prefix + "/"))) {
                        reachable.add(path.split("/")[1]);
                    }
                });
        assertThat(reachable).containsExactly("files", "v1");
    }

    @Test
    void portsAreThoseOfTheGateway() {
        assertThat(container.getPorts().getFirst().getContainerPort()).isEqualTo(settings.port());
        assertThat(container.getPorts().getFirst().getName()).isEqualTo("http");
        Service service = base("service.yaml", Service.class);
        assertThat(service.getSpec().getPorts().getFirst().getTargetPort().getStrVal()).isEqualTo("http");
        assertThat(service.getSpec().getSelector()).isEqualTo(deployment.getSpec().getSelector().getMatchLabels());
        assertThat(deployment.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(service.getSpec().getSelector());
    }

    /** A Service sets variables such as RETOUCH_PORT in all pods, which the gateway would read as settings. */
    @Test
    void variablesOfServicesAreOff() {
        assertThat(pod.getEnableServiceLinks()).isFalse();
    }

    @Test
    void podHasTheTimeThatAShutdownTakes() {
        long shutdown = settings.shutdown().delay().plus(settings.shutdown().grace()).toSeconds();
        assertThat(settings.shutdown().delay()).isPositive();
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(shutdown + 10);
    }

    @Test
    void podIsUnprivilegedAndWritesToVolumesOnly() {
        assertThat(pod.getSecurityContext().getRunAsNonRoot()).isTrue();
        assertThat(pod.getSecurityContext().getRunAsUser()).isPositive();
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getVolumeMounts().stream().map(mount -> mount.getMountPath()))
                .containsExactlyInAnyOrder(settings.dataDir().toString(), "/tmp");
        assertThat(container.getArgs()).containsExactly("serve");
    }
}
