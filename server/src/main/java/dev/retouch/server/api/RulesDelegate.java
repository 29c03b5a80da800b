package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.contract.RulesApiService;
import dev.retouch.server.contract.model.RulesDocument;

/** Implements {@code /admin/v1/rules}: the documents of moderation rules. */
public final class RulesDelegate implements RulesApiService {

    private final CatalogMapper documents;

    /**
     * Creates the delegate.
     *
     * @param documents stores documents of rules
     */
    public RulesDelegate(CatalogService documents) {
        this.documents = new CatalogMapper(documents, CatalogKind.RULES);
    }

    @Override
    public Response replaceRules(RulesDocument document, @Nullable String ifMatch, ContainerRequestContext request) {
        RulesDocument given = AdminMapper.given(document);
        return documents.replace(given.getRules(), given.getNote(), request.getHeaderString(IfMatchHeader.NAME));
    }

    @Override
    public Response listRuleVersions(ContainerRequestContext request) {
        return documents.list();
    }

    @Override
    public Response getRuleVersion(String version, ContainerRequestContext request) {
        return documents.get(version);
    }

    @Override
    public Response restoreRuleVersion(String version, @Nullable String ifMatch, ContainerRequestContext request) {
        return documents.restore(version, request.getHeaderString(IfMatchHeader.NAME));
    }
}
