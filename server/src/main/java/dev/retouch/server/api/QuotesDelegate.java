package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import org.glassfish.jersey.media.multipart.FormDataMultiPart;

import dev.retouch.server.billing.Money;
import dev.retouch.server.contract.QuotesApiService;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.contract.model.Quote;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditQuote;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.intake.EditRequestReader;

/** Implements {@code POST /v1/images/edits/quote}: returns the price range of an edit. */
public final class QuotesDelegate implements QuotesApiService {

    private final EditRequestReader bodies;
    private final EditPipeline pipeline;

    /**
     * Creates the delegate.
     *
     * @param bodies reads bodies as for edits
     */
    public QuotesDelegate(EditRequestReader bodies, EditPipeline pipeline) {
        this.bodies = bodies;
        this.pipeline = pipeline;
    }

    @Override
    public Response quoteImageEditWithFormData(FormDataMultiPart form, ContainerRequestContext request) {
        return quote(bodies.of(form), request);
    }

    @Override
    public Response quoteImageEditWithJson(ImageEditJson document, ContainerRequestContext request) {
        return quote(bodies.of(document, request), request);
    }

    private Response quote(EditRequest edit, ContainerRequestContext request) {
        EditQuote quote = pipeline.quote(edit, AuthenticationFilter.principalOf(request), Exchange.of(request));
        return Response.ok(new Quote()._object(Quote.ObjectEnum.QUOTE).model(quote.plan().upstreamModel())
                .parameters(quote.parameters()).dropped(quote.plan().dropped()).currency(quote.currency())
                .priceVersion(quote.priceVersion()).minimum(Money.of(quote.range().minimum()).toString())
                .maximum(Money.of(quote.range().maximum()).toString()).covered(quote.covered())).build();
    }
}
