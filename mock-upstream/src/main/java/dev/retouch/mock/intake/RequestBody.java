package dev.retouch.mock.intake;

import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;

/** A request's body after it was read to its end. */
public sealed interface RequestBody {

    /** A request without a body. */
    record Empty() implements RequestBody {}

    /** A form, with its parts in the order received. */
    record Form(List<FormPart> parts) implements RequestBody {
        public Form {
            parts = List.copyOf(parts);
        }
    }

    /** A JSON document; every {@code data:} URL in it is a POJO node with a {@link DataUrl}. */
    record Json(JsonNode document) implements RequestBody {}
}
