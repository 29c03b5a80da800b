package dev.retouch.server.deploy;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule;
import io.fabric8.openshift.api.model.monitoring.v1.ServiceMonitor;

import static org.assertj.core.api.Assertions.assertThat;

/** Manifests of Kubernetes as typed objects, without fields that Kubernetes does not know. */
final class Manifests {

    private static final Map<String, Class<?>> KINDS = Map.ofEntries(Map.entry("ConfigMap", ConfigMap.class),
            Map.entry("Deployment", Deployment.class), Map.entry("HTTPRoute", HTTPRoute.class),
            Map.entry("HorizontalPodAutoscaler", HorizontalPodAutoscaler.class),
            Map.entry("NetworkPolicy", NetworkPolicy.class),
            Map.entry("PersistentVolumeClaim", PersistentVolumeClaim.class),
            Map.entry("PodDisruptionBudget", PodDisruptionBudget.class), Map.entry("Service", Service.class),
            Map.entry("PrometheusRule", PrometheusRule.class), Map.entry("ServiceAccount", ServiceAccount.class),
            Map.entry("ServiceMonitor", ServiceMonitor.class));
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Manifests() {}

    /** Reads a manifest and fails for fields that its kind does not have. */
    static Object typed(JsonNode manifest) {
        Class<?> kind = KINDS.get(manifest.path("kind").asText());
        assertThat(kind).as("a kind of " + KINDS.keySet() + ": " + manifest.path("kind")).isNotNull();
        try {
            Object object = MAPPER.treeToValue(manifest, kind);
            List<String> unknown = new ArrayList<>();
            findUnknown(object, manifest.path("kind").asText(), unknown);
            assertThat(unknown).isEmpty();
            return object;
        } catch (JsonProcessingException | ReflectiveOperationException e) {
            throw new AssertionError(manifest.toString(), e);
        }
    }

    /** The models keep fields that they do not know; they are collected here. */
    private static void findUnknown(Object object, String path, List<String> unknown)
            throws IllegalAccessException, InvocationTargetException {
        if (object instanceof Iterable<?> items) {
            for (Object item : items) {
                findUnknown(item, path + "[]", unknown);
            }
            return;
        }
        if (object == null || !object.getClass().getName().startsWith("io.fabric8.")) {
            return;
        }
        for (Method method : object.getClass().getMethods()) {
            boolean getter = method.getName().startsWith("get") && method.getParameterCount() == 0;
            if (getter && method.getName().equals("getAdditionalProperties")) {
                ((Map<?, ?>) method.invoke(object)).keySet().forEach(name -> unknown.add(path + "." + name));
            } else if (getter && !method.getName().equals("getClass")) {
                findUnknown(method.invoke(object), path + "." + method.getName().substring(3), unknown);
            }
        }
    }
}
