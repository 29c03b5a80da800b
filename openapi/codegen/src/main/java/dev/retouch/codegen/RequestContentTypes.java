package dev.retouch.codegen;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.swagger.v3.oas.models.Operation;

/**
 * The generator's split of an operation by content type, cut back to one method per request type. Its own split also
 * divides by response, which Jersey's server calls ambiguous and which gives a client a method for event streams that
 * reads all of them into one string.
 */
final class RequestContentTypes {

    private RequestContentTypes() {}

    /**
     * The first variant of each request type, in the document's order, named after the request alone.
     *
     * @param variants what the generator made of one operation
     */
    static List<Operation> oneVariantEach(List<Operation> variants) {
        if (variants.size() < 2) {
            return variants;
        }
        Set<String> seen = new HashSet<>();
        List<Operation> kept = variants.stream().filter(variant -> seen.add(requestTypeOf(variant))).toList();
        kept.forEach(RequestContentTypes::nameAfterRequest);
        return kept;
    }

    private static String requestTypeOf(Operation variant) {
        return variant.getRequestBody() == null
                ? ""
                : String.join(",", variant.getRequestBody().getContent().keySet());
    }

    private static void nameAfterRequest(Operation variant) {
        String name = variant.getOperationId();
        int response = name.lastIndexOf("As");
        variant.setOperationId(response < 0 ? name : name.substring(0, response));
    }
}
