package dev.retouch.server.intake;

import jakarta.ws.rs.container.ContainerRequestContext;

import org.glassfish.jersey.media.multipart.FormDataMultiPart;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;

/** Turns the body of an edit, a form or a JSON document, into an {@link EditRequest}. */
public final class EditRequestReader {

    private final FormEditRequestReader forms;
    private final JsonEditRequestReader documents;

    /** Reads forms and documents with these readers. */
    public EditRequestReader(FormEditRequestReader forms, JsonEditRequestReader documents) {
        this.forms = forms;
        this.documents = documents;
    }

    /** Reads a form. */
    public EditRequest of(FormDataMultiPart form) {
        return forms.read(form);
    }

    /** Reads a JSON document; null is an empty body. */
    public EditRequest of(@Nullable ImageEditJson document, ContainerRequestContext request) {
        if (document == null) {
            throw new ApiException(ErrorMessage.JSON_IS_MALFORMED).withArgument("reason",
                    "it is empty; send an object");
        }
        return documents.read(document, Exchange.of(request));
    }
}
