package dev.retouch.server.api;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.contract.UpstreamsApiService;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.UpstreamFailure;
import dev.retouch.server.contract.model.UpstreamList;
import dev.retouch.server.contract.model.UpstreamStatus;
import dev.retouch.server.contract.model.UpstreamTest;
import dev.retouch.server.contract.model.UpstreamTestPrice;
import dev.retouch.server.contract.model.UpstreamTestRequest;
import dev.retouch.server.contract.model.UpstreamsDocument;
import dev.retouch.server.edit.EditCatalog;
import dev.retouch.server.edit.UpstreamTestResult;
import dev.retouch.server.edit.UpstreamTests;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.upstream.AttemptOutcome;
import dev.retouch.server.upstream.ModelName;
import dev.retouch.server.upstream.UpstreamState;

/** Implements {@code /admin/v1/upstreams}: the state of the upstreams, tests of them, and their documents. */
public final class UpstreamsDelegate implements UpstreamsApiService {

    private final Supplier<EditCatalog> catalog;
    private final UpstreamTests tests;
    private final CatalogMapper documents;

    /**
     * Creates the delegate.
     *
     * @param catalog returns the current models and upstreams
     * @param tests tests single upstreams
     * @param documents stores documents of upstreams
     */
    public UpstreamsDelegate(Supplier<EditCatalog> catalog, UpstreamTests tests, CatalogService documents) {
        this.catalog = catalog;
        this.tests = tests;
        this.documents = new CatalogMapper(documents, CatalogKind.UPSTREAMS);
    }

    @Override
    public Response replaceUpstreams(UpstreamsDocument document, @Nullable String ifMatch,
            ContainerRequestContext request) {
        UpstreamsDocument given = AdminMapper.given(document);
        return documents.replace(given.getUpstreams(), given.getNote(), request.getHeaderString(IfMatchHeader.NAME));
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
    public Response restoreUpstreamVersion(String version, @Nullable String ifMatch, ContainerRequestContext request) {
        return documents.restore(version, request.getHeaderString(IfMatchHeader.NAME));
    }

    @Override
    public Response listUpstreams(ContainerRequestContext request) {
        EditCatalog current = catalog.get();
        return Response.ok(new UpstreamList()._object(UpstreamList.ObjectEnum.LIST)
                .data(current.upstreams().states().stream()
                        .map(state -> document(state).models(models(current, state.name()))
                                .byDefault(current.upstreams().servesByDefault(state.name())))
                        .toList()))
                .build();
    }

    /** The ids of the models that an upstream serves. */
    private static List<String> models(EditCatalog catalog, String upstream) {
        return catalog.models().all().entrySet().stream()
                .filter(entry -> catalog.upstreams().serve(List.of(upstream),
                        ModelName.of(entry.getKey(), entry.getKey(), entry.getValue())))
                .map(Map.Entry::getKey).toList();
    }

    @Override
    public Response testUpstream(String upstream, UpstreamTestRequest document, ContainerRequestContext request) {
        UpstreamTestRequest given = AdminMapper.given(document);
        Exchange exchange = Exchange.of(request);
        UpstreamTestRequest.KindEnum kind = given.getKind();
        if (kind == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_MISSING, "kind");
        }
        UpstreamTestResult result = switch (kind) {
            case CHECK -> tests.check(upstream, exchange);
            case EDIT -> tests.edit(upstream, Optional.ofNullable(ListParameters.given(given.getModel())),
                    Optional.ofNullable(given.getAcceptPrice())
                            .map(amount -> AdminMapper.amount(amount, "accept_price").amount()),
                    exchange);
        };
        return Response.ok(document(upstream, kind, result)).build();
    }

    private static UpstreamTest document(String upstream, UpstreamTestRequest.KindEnum kind, UpstreamTestResult test) {
        UpstreamTest document = new UpstreamTest()._object(UpstreamTest.ObjectEnum.UPSTREAM_TEST).upstream(upstream)
                .kind(UpstreamTest.KindEnum.fromValue(kind.toString()))
                .result(UpstreamTest.ResultEnum.fromValue(test.end().name().toLowerCase(Locale.ROOT)))
                .outcome(test.outcome().map(AttemptOutcome::stored).orElse(null)).status(test.status().orElse(null))
                .durationMs(test.duration().map(Duration::toMillis).orElse(null))
                .message(test.message().isEmpty() ? null : test.message());
        return test.edit()
                .map(edit -> document.model(edit.model()).price(new UpstreamTestPrice()
                        .minimum(edit.minimum().toString()).maximum(edit.maximum().toString())
                        .currency(edit.currency())))
                .orElse(document);
    }

    static UpstreamStatus document(UpstreamState upstream) {
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
