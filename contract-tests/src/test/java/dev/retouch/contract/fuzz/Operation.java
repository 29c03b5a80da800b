package dev.retouch.contract.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Something that can be asked for, in one of the content types that it takes.
 *
 * @param mediaType of the body, or empty where there is none
 */
record Operation(String id, String method, String path, String mediaType, JsonNode definition) {

    /** Ends with its client only, so that a random request for it would never be answered to its end. */
    private static final String ENDLESS = "streamFigures";

    /** Every operation of the document whose response ends, once for each content type. */
    static List<Operation> of(JsonNode document) {
        List<Operation> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
                JsonNode definition = method.getValue();
                if (definition.path("operationId").asText().equals(ENDLESS)) {
                    continue;
                }
                List<String> types = new ArrayList<>(definition.at("/requestBody/content").propertyStream()
                        .map(Map.Entry::getKey).toList());
                if (types.isEmpty()) {
                    types.add("");
                }
                types.forEach(type -> all.add(new Operation(definition.path("operationId").asText(),
                        method.getKey().toUpperCase(java.util.Locale.ROOT), path.getKey(), type, definition)));
            }
        }
        return List.copyOf(all);
    }

    /** The one that a request is for, whatever it was made from. */
    static Optional<Operation> asked(List<Operation> all, String method, String target) {
        String path = target.replaceFirst("[?#].*", "");
        return all.stream().filter(each -> each.method.equals(method) && each.pattern().matcher(path).matches())
                .findFirst();
    }

    private Pattern pattern() {
        return Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+"));
    }

    /** What its body is made by. */
    JsonNode schema() {
        return definition.path("requestBody").path("content").path(mediaType).path("schema");
    }

    boolean isEdit() {
        return path.startsWith("/v1/images/edits");
    }

    boolean isForm() {
        return mediaType.startsWith("multipart/");
    }

    /** The required credentials: none, a key or the admin token. */
    String credential() {
        JsonNode security = definition.path("security");
        if (security.isMissingNode()) {
            return "Bearer {{key}}";
        }
        return security.isEmpty() ? "" : "Bearer {{admin}}";
    }
}
