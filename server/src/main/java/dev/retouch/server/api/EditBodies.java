package dev.retouch.server.api;

import jakarta.ws.rs.container.ContainerRequestContext;

import org.glassfish.jersey.media.multipart.FormDataMultiPart;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.FormIntake;
import dev.retouch.server.edit.JsonIntake;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.intake.Exchange;

/** The body of an edit in both of its forms, for everything that takes one. */
public final class EditBodies {

    private final FormIntake forms;
    private final JsonIntake documents;

    /** Read by these two. */
    public EditBodies(FormIntake forms, JsonIntake documents) {
        this.forms = forms;
        this.documents = documents;
    }

    EditRequest of(FormDataMultiPart form) {
        return forms.read(form);
    }

    EditRequest of(@Nullable ImageEditJson document, ContainerRequestContext request) {
        if (document == null) {
            throw new ApiException(ErrorMessage.JSON_IS_MALFORMED).with("reason", "it is empty; send an object");
        }
        return documents.read(document, Exchange.of(request));
    }
}
