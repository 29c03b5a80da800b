package dev.retouch.contract.exchange;

import java.util.List;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;

/**
 * Opens the schemas that may have further members. The validator refuses members that a schema does not name; the document marks the
 * schemas of responses in which an upstream's further members are passed on with {@code x-additional-members: scalars}.
 */
public final class AdditionalMembers {

    private static final String MARK = "x-additional-members";

    private AdditionalMembers() {}

    /** The same document, in which marked schemas accept further members that are neither objects nor arrays. */
    public static OpenAPI allowed(OpenAPI document) {
        document.getComponents().getSchemas().values().stream()
                .filter(schema -> schema.getExtensions() != null && "scalars".equals(schema.getExtensions().get(MARK)))
                .forEach(schema -> schema.setAdditionalProperties(scalar()));
        return document;
    }

    private static Schema<?> scalar() {
        return new Schema<>().anyOf(List.of(new Schema<>().type("string"), new Schema<>().type("number"),
                new Schema<>().type("boolean")));
    }
}
