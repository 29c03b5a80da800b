package dev.retouch.server.api;

import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.contract.ModelsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.FlexibleSize;
import dev.retouch.server.contract.model.Model;
import dev.retouch.server.contract.model.ModelCapabilities;
import dev.retouch.server.contract.model.ModelList;
import dev.retouch.server.contract.model.ParameterCapability;
import dev.retouch.server.contract.model.SizeCapability;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.Handling;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.SizeRule;

/** {@code GET /v1/models}: the registry in OpenAI's shape, plus what each model takes. */
public final class ModelsDelegate implements ModelsApiService {

    private final ModelRegistry registry;

    /** Lists this registry. */
    public ModelsDelegate(ModelRegistry registry) {
        this.registry = registry;
    }

    @Override
    public Response listModels(ContainerRequestContext request) {
        List<Model> models = registry.all().entrySet().stream().map(entry -> model(entry.getKey(), entry.getValue()))
                .toList();
        return Response.ok(new ModelList()._object(ModelList.ObjectEnum.LIST).data(models)).build();
    }

    @Override
    public Response retrieveModel(String model, ContainerRequestContext request) {
        ModelEntry entry = registry.find(model)
                .orElseThrow(() -> new ApiException(ErrorMessage.MODEL_DOES_NOT_EXIST).with("model", model));
        return Response.ok(model(registry.idOf(model), entry)).build();
    }

    private static Model model(String id, ModelEntry entry) {
        return new Model().id(id)._object(Model.ObjectEnum.MODEL).ownedBy(entry.ownedBy())
                .created(entry.released().atStartOfDay(ZoneOffset.UTC).toEpochSecond())
                .capabilities(capabilities(entry));
    }

    private static ModelCapabilities capabilities(ModelEntry entry) {
        Map<String, ParameterCapability> parameters = new LinkedHashMap<>();
        entry.parameters().forEach((name, rule) -> {
            if (rule.handlingOrForward() != Handling.DROP) {
                parameters.put(name, new ParameterCapability().values(rule.values()).minimum(rule.minimum())
                        .maximum(rule.maximum())._default(rule.defaultValue()));
            }
        });
        return new ModelCapabilities().inputFormats(entry.images().formats()).maxImages(entry.images().most())
                .maxImageBytes(entry.images().bytes()).maxPromptCharacters(entry.prompt())
                .squareImagesOnly(entry.images().square()).parameters(parameters).sizes(sizes(entry.sizes()))
                .sunset(entry.sunset());
    }

    private static SizeCapability sizes(SizeRule rule) {
        SizeCapability sizes = new SizeCapability().values(rule.values())._default(rule.defaultSize());
        SizeRule.Flexible bounds = rule.flexible();
        return bounds == null
                ? sizes
                : sizes.flexible(new FlexibleSize().edgeMultiple(bounds.edgeMultiple()).maxEdge(bounds.maxEdge())
                        .maxRatio(bounds.maxRatio()).minPixels(Math.toIntExact(bounds.minPixels()))
                        .maxPixels(Math.toIntExact(bounds.maxPixels())));
    }
}
