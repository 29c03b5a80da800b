package dev.retouch.server.edit;

import java.net.URI;

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.key.ApiPrincipal;

/** Executes edits: the pipeline, or a service that wraps it. */
public interface EditService {

    /**
     * Executes an edit.
     *
     * @param principal the authenticated key and its group
     * @param exchange the owner of all resources that the edit opens
     * @param linkBase the base URL of signed URLs in the response
     * @return the response, to be written before the exchange is closed
     */
    EditResponse edit(EditRequest request, ApiPrincipal principal, Exchange exchange, URI linkBase);
}
