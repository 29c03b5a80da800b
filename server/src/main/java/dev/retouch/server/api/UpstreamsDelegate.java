package dev.retouch.server.api;

import java.util.List;
import java.util.function.Supplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.contract.UpstreamsApiService;
import dev.retouch.server.contract.model.UpstreamFailure;
import dev.retouch.server.contract.model.UpstreamList;
import dev.retouch.server.contract.model.UpstreamStatus;
import dev.retouch.server.contract.model.UpstreamsDocument;
import dev.retouch.server.upstream.UpstreamState;

/** Implements {@code /admin/v1/upstreams}: the state of the upstreams, and their documents. */
public final class UpstreamsDelegate implements UpstreamsApiService {

    private final Supplier<List<UpstreamState>> upstreams;
    private final CatalogMapper documents;

    /**
     * Creates the delegate.
     *
     * @param upstreams returns the current state of each upstream
     * @param documents stores documents of upstreams
     */
    public UpstreamsDelegate(Supplier<List<UpstreamState>> upstreams, CatalogService documents) {
        this.upstreams = upstreams;
        this.documents = new CatalogMapper(documents, CatalogKind.UPSTREAMS);
    }

    @Override
    public Response replaceUpstreams(UpstreamsDocument document, ContainerRequestContext request) {
        UpstreamsDocument given = AdminMapper.given(document);
        return documents.replace(given.getUpstreams(), given.getNote());
    }

    @Override
    public Response listUpstreamVersions(ContainerRequestContext request) {
        return documents.list();
    }

    @Override
    public Response getUpstreamVersion(String version, ContainerRequestContext request) {
        return documents.get(version);
    }

    @Override
    public Response restoreUpstreamVersion(String version, ContainerRequestContext request) {
        return documents.restore(version);
    }

    @Override
    public Response listUpstreams(ContainerRequestContext request) {
        return Response.ok(new UpstreamList()._object(UpstreamList.ObjectEnum.LIST)
                .data(upstreams.get().stream().map(UpstreamsDelegate::document).toList())).build();
    }

    private static UpstreamStatus document(UpstreamState upstream) {
        return new UpstreamStatus().name(upstream.name()).priority(upstream.priority()).weight(upstream.weight())
                .state(upstream.state())
                .retryInSeconds(upstream.remainingOpenTime().plusMillis(999).toSeconds())
                .inFlight(upstream.inFlight())
                .lastFailure(upstream.lastFailure()
                        .map(failure -> new UpstreamFailure().outcome(failure.outcome().stored())
                                .at(failure.time().getEpochSecond()))
                        .orElse(null));
    }
}
