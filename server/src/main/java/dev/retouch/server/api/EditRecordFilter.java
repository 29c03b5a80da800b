package dev.retouch.server.api;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.exchange.Exchange;

/** Begins the record of each request for an edit, before any other filter can refuse the request. */
@PreMatching
@Priority(FilterPriorities.RECORD)
public final class EditRecordFilter implements ContainerRequestFilter {

    private static final String EDITS = "v1/images/edits";

    private final EditObserver observer;

    /**
     * Creates the filter.
     *
     * @param observer receives the events of all edits
     */
    public EditRecordFilter(EditObserver observer) {
        this.observer = observer;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (HttpMethod.POST.equals(request.getMethod()) && EDITS.equals(request.getUriInfo().getPath(false))) {
            Exchange.of(request).observe(observer, new RequestOrigin(request));
        }
    }
}
