package dev.retouch.server.api;

import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.contract.ModelsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.FlexibleSize;
import dev.retouch.server.contract.model.GatewayAdditionsDto;
import dev.retouch.server.contract.model.GatewayAdditionsDto.MaskEnum;
import dev.retouch.server.contract.model.GatewayAdditionsDto.NEnum;
import dev.retouch.server.contract.model.GatewayAdditionsDto.SizeEnum;
import dev.retouch.server.contract.model.Model;
import dev.retouch.server.contract.model.ModelCapabilities;
import dev.retouch.server.contract.model.ModelList;
import dev.retouch.server.contract.model.ModelsDocument;
import dev.retouch.server.contract.model.ParameterCapability;
import dev.retouch.server.contract.model.SizeCapability;
import dev.retouch.server.edit.EditCatalog;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.Handling;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.model.SizeRule;
import dev.retouch.server.upstream.GatewayAdditions;
import dev.retouch.server.upstream.ModelName;

/**
 * Implements {@code GET /v1/models}, the registry in OpenAI's form with the parameters of each model, and {@code /admin/v1/models}, the
 * documents of models.
 */
public final class ModelsDelegate implements ModelsApiService {

    private final Supplier<EditCatalog> catalog;
    private final CatalogMapper documents;

    /**
     * Creates the delegate.
     *
     * @param catalog returns the current models and upstreams
     * @param documents stores documents of models
     */
    public ModelsDelegate(Supplier<EditCatalog> catalog, CatalogService documents) {
        this.catalog = catalog;
        this.documents = new CatalogMapper(documents, CatalogKind.MODELS);
    }

    @Override
    public Response replaceModels(ModelsDocument document, @Nullable String ifMatch, ContainerRequestContext request) {
        ModelsDocument given = AdminMapper.given(document);
        return documents.replace(given.getModels(), given.getNote(), request.getHeaderString(IfMatchHeader.NAME));
    }

    @Override
    public Response listModelVersions(ContainerRequestContext request) {
        return documents.list();
    }

    @Override
    public Response getModelVersion(String version, ContainerRequestContext request) {
        return documents.get(version);
    }

    @Override
    public Response restoreModelVersion(String version, @Nullable String ifMatch, ContainerRequestContext request) {
        return documents.restore(version, request.getHeaderString(IfMatchHeader.NAME));
    }

    @Override
    public Response listModels(ContainerRequestContext request) {
        EditCatalog current = catalog.get();
        List<Model> models = current.models().all().entrySet().stream()
                .filter(entry -> isServed(current, entry.getKey(), entry.getValue(), request))
                .map(entry -> model(current, entry.getKey(), entry.getValue(), request))
                .toList();
        return Response.ok(new ModelList()._object(ModelList.ObjectEnum.LIST).data(models)).build();
    }

    @Override
    public Response retrieveModel(String model, ContainerRequestContext request) {
        EditCatalog current = catalog.get();
        ModelRegistry models = current.models();
        ModelEntry entry = models.find(model).filter(known -> isServed(current, models.idOf(model), known, request))
                .orElseThrow(() -> new ApiException(ErrorMessage.MODEL_DOES_NOT_EXIST).withArgument("model", model));
        return Response.ok(model(current, models.idOf(model), entry, request)).build();
    }

    /** Whether one of the upstreams of the key serves a model. */
    private static boolean isServed(EditCatalog current, String id, ModelEntry entry, ContainerRequestContext request) {
        return current.upstreams().serve(upstreams(request), ModelName.of(id, id, entry));
    }

    private static List<String> upstreams(ContainerRequestContext request) {
        return AuthenticationFilter.principalOf(request).group().upstreams();
    }

    private static Model model(EditCatalog current, String id, ModelEntry entry, ContainerRequestContext request) {
        GatewayAdditions additions = current.upstreams().additions(upstreams(request), ModelName.of(id, id, entry));
        return new Model().id(id)._object(Model.ObjectEnum.MODEL).ownedBy(entry.ownedBy())
                .created(entry.released().atStartOfDay(ZoneOffset.UTC).toEpochSecond())
                .capabilities(capabilities(entry).gateway(additions.isAny() ? gateway(additions) : null));
    }

    private static GatewayAdditionsDto gateway(GatewayAdditions additions) {
        return new GatewayAdditionsDto().mask(additions.mask() ? MaskEnum.ENFORCED : null)
                .n(additions.count() ? NEnum.FAN_OUT : null).size(additions.size() ? SizeEnum.NEAREST : null);
    }

    private static ModelCapabilities capabilities(ModelEntry entry) {
        Map<String, ParameterCapability> parameters = new LinkedHashMap<>();
        entry.parameters().forEach((name, rule) -> {
            if (rule.handlingOrForward() != Handling.DROP) {
                parameters.put(name, new ParameterCapability().values(rule.values()).minimum(rule.minimum())
                        .maximum(rule.maximum())._default(rule.defaultValue()));
            }
        });
        return new ModelCapabilities().inputFormats(entry.images().formats()).maxImages(entry.images().max())
                .maxImageBytes(entry.images().bytes()).maxPromptCharacters(entry.prompt())
                .squareImagesOnly(entry.images().square()).markup(entry.markupBytes() != null).parameters(parameters)
                .sizes(sizes(entry.sizes()))
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
