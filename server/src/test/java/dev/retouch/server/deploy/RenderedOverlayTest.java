package dev.retouch.server.deploy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.server.config.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** The overlays as kubectl renders them: base, patches and components together refer to objects, labels and ports that they have. */
class RenderedOverlayTest {

    private static final Path KUBERNETES = DeployFolder.ROOT.resolve("kubernetes");

    @TempDir
    private Path folder = Path.of(".");

    private static List<HasMetadata> rendered(Path overlay) throws InterruptedException {
        Optional<String> text = DeployFolder.run("kubectl", "kustomize", overlay.toString());
        assumeTrue(text.isPresent(), "kubectl is not installed");
        return DeployFolder.documents(text.orElseThrow()).stream().map(Manifests::typed).map(HasMetadata.class::cast)
                .toList();
    }

    private static <T> List<T> all(List<HasMetadata> objects, Class<T> kind) {
        return objects.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    private static <T> T only(List<HasMetadata> objects, Class<T> kind) {
        assertThat(all(objects, kind)).as(kind.getSimpleName()).hasSize(1);
        return all(objects, kind).getFirst();
    }

    private static void assertNamed(List<HasMetadata> objects, String kind, String name) {
        assertThat(objects).as(kind + " " + name).anySatisfy(object -> {
            assertThat(object.getKind()).isEqualTo(kind);
            assertThat(object.getMetadata().getName()).isEqualTo(name);
        });
    }

    /** What the gateway reads from the rendered variables, without those of OpenTelemetry and of the log. */
    private static Configuration settings(ConfigMap config) {
        Map<String, String> variables = new HashMap<>(config.getData());
        variables.keySet().removeIf(name -> name.startsWith("OTEL_") || name.equals("RETOUCH_LOG_FORMAT"));
        return DeployFolder.settings(variables);
    }

    @ParameterizedTest
    @CsvSource({"single, 1", "fleet, 3"})
    void podRefersToWhatIsRendered(String overlay, int replicas) throws Exception {
        List<HasMetadata> objects = rendered(KUBERNETES.resolve("overlays").resolve(overlay));
        Deployment deployment = only(objects, Deployment.class);
        PodSpec pod = deployment.getSpec().getTemplate().getSpec();
        Container container = pod.getContainers().getFirst();
        assertThat(deployment.getSpec().getReplicas()).isEqualTo(replicas);
        assertThat(pod.getContainers()).hasSize(1);
        assertThat(container.getImage()).matches("retouch:\\d+\\.\\d+\\.\\d+");
        assertNamed(objects, "ServiceAccount", pod.getServiceAccountName());
        container.getEnvFrom().stream().filter(source -> source.getConfigMapRef() != null)
                .forEach(source -> assertNamed(objects, "ConfigMap", source.getConfigMapRef().getName()));
        pod.getVolumes().stream().filter(volume -> volume.getPersistentVolumeClaim() != null)
                .forEach(volume -> assertNamed(objects, "PersistentVolumeClaim",
                        volume.getPersistentVolumeClaim().getClaimName()));
        assertThat(container.getVolumeMounts()).allSatisfy(mount -> assertThat(pod.getVolumes())
                .anySatisfy(volume -> assertThat(volume.getName()).isEqualTo(mount.getName())));

        Configuration settings = settings(only(objects, ConfigMap.class));
        assertThat(pod.getTerminationGracePeriodSeconds()).isGreaterThanOrEqualTo(
                settings.shutdown().delay().plus(settings.shutdown().grace()).toSeconds() + 10);
        assertThat(container.getPorts().getFirst().getContainerPort()).isEqualTo(settings.port());
        assertThat(List.of(container.getStartupProbe(), container.getLivenessProbe(), container.getReadinessProbe()))
                .allSatisfy(probe -> assertThat(probe.getHttpGet().getPort().getStrVal())
                        .isEqualTo(container.getPorts().getFirst().getName()));
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
    }

    @Test
    void objectsOfTheFleetReferToEachOther() throws Exception {
        List<HasMetadata> objects = rendered(KUBERNETES.resolve("overlays/fleet"));
        Deployment deployment = only(objects, Deployment.class);
        Service service = only(objects, Service.class);
        Map<String, String> pods = deployment.getSpec().getTemplate().getMetadata().getLabels();
        assertThat(pods).containsAllEntriesOf(service.getSpec().getSelector())
                .containsAllEntriesOf(only(objects, PodDisruptionBudget.class).getSpec().getSelector().getMatchLabels())
                .containsAllEntriesOf(only(objects, NetworkPolicy.class).getSpec().getPodSelector().getMatchLabels());
        assertThat(deployment.getSpec().getTemplate().getSpec().getTopologySpreadConstraints())
                .allSatisfy(
                        spread -> assertThat(pods).containsAllEntriesOf(spread.getLabelSelector().getMatchLabels()));

        ServiceMonitor monitor = only(objects, ServiceMonitor.class);
        assertThat(service.getMetadata().getLabels())
                .containsAllEntriesOf(monitor.getSpec().getSelector().getMatchLabels());
        assertThat(service.getSpec().getPorts().getFirst().getName())
                .isEqualTo(monitor.getSpec().getEndpoints().getFirst().getPort());

        var target = only(objects, HorizontalPodAutoscaler.class).getSpec().getScaleTargetRef();
        assertNamed(objects, target.getKind(), target.getName());
        var backend = only(objects, HTTPRoute.class).getSpec().getRules().getFirst().getBackendRefs().getFirst();
        assertThat(backend.getName()).isEqualTo(service.getMetadata().getName());
        assertThat(backend.getPort()).isEqualTo(service.getSpec().getPorts().getFirst().getPort());
    }

    /** With the lines that an operator uncomments. */
    @Test
    void tracesComponentAddsVariablesAndKeepsOthers() throws Exception {
        List<HasMetadata> plain = rendered(KUBERNETES.resolve("overlays/fleet"));
        Path copy = folder.resolve("kubernetes");
        for (Path file : DeployFolder.files("kubernetes")) {
            Path target = copy.resolve(KUBERNETES.relativize(file));
            Files.createDirectories(target.getParent());
            Files.writeString(target, Files.readString(file).replaceAll("(?m)^# (components:|  - \\.\\./)", "$1"));
        }
        List<HasMetadata> traced = rendered(copy.resolve("overlays/fleet"));
        Map<String, String> variables = only(traced, ConfigMap.class).getData();
        assertThat(variables).containsAllEntriesOf(only(plain, ConfigMap.class).getData())
                .containsKey("OTEL_EXPORTER_OTLP_ENDPOINT");
        assertThat(settings(only(traced, ConfigMap.class)).port()).isPositive();
        assertThat(ports(traced)).containsAll(ports(plain)).hasSizeGreaterThan(ports(plain).size());
    }

    /** The block of the documentation that makes an object of the operator from the alert rules. */
    @Test
    void alertRulesOfTheDocumentationAreAnObjectOfTheOperator() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "deploy.md"));
        String command = page.substring(page.indexOf("{ printf 'apiVersion"), page.indexOf(" | kubectl apply -f -"));
        String text = DeployFolder.run("sh", "-c", "cd .. && " + command).orElseThrow();
        PrometheusRule rule = (PrometheusRule) Manifests.typed(DeployFolder.documents(text).getFirst());
        assertThat(rule.getSpec().getGroups()).extracting(group -> group.getName())
                .isEqualTo(DeployFolder.yaml("monitoring/alerts.yaml").path("groups").findValuesAsText("name"));
        assertThat(rule.getSpec().getGroups())
                .allSatisfy(group -> assertThat(group.getRules()).isNotEmpty());
    }

    /** The ports to which the pods may connect, by any of the policies. */
    private static List<Integer> ports(List<HasMetadata> objects) {
        List<Integer> ports = new ArrayList<>();
        all(objects, NetworkPolicy.class).forEach(policy -> policy.getSpec().getEgress()
                .forEach(rule -> rule.getPorts().forEach(port -> ports.add(port.getPort().getIntVal()))));
        return ports;
    }
}
