package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

/** Something that the document says can be asked for. */
public final class Operation {

    private final String method;
    private final String path;
    private final Pattern pattern;
    private final JsonNode definition;
    private final Document document;

    Operation(String method, String path, JsonNode definition, Document document) {
        this.method = method.toUpperCase(Locale.ROOT);
        this.path = path;
        this.pattern = Pattern.compile(path.replaceAll("\\{[^}]+}", "[^/]+"));
        this.definition = definition;
        this.document = document;
    }

    /** The name that the document gives it. */
    public String id() {
        return definition.path("operationId").asText();
    }

    public String method() {
        return method;
    }

    /** With its parameters in braces. */
    public String path() {
        return path;
    }

    boolean hasPath(String asked) {
        return pattern.matcher(asked).matches();
    }

    /** The token that it needs: none, the admin token, or an API key. */
    public String security() {
        JsonNode security = definition.path("security");
        return security.isMissingNode() ? "bearer" : security.isEmpty() ? "" : security.get(0).fieldNames().next();
    }

    /** Parameters of path, query and header. */
    public List<JsonNode> parameters() {
        List<JsonNode> all = new ArrayList<>();
        definition.path("parameters").forEach(each -> all.add(document.resolved(each)));
        return all;
    }

    /** The schemas of the bodies that it takes, by content type. */
    public Map<String, JsonNode> bodies() {
        return contents(definition.path("requestBody"));
    }

    /** Its answers by their status. */
    public Map<Integer, JsonNode> answers() {
        Map<Integer, JsonNode> answers = new LinkedHashMap<>();
        definition.path("responses").properties().forEach(
                each -> answers.put(Integer.parseInt(each.getKey()), document.resolved(each.getValue())));
        return answers;
    }

    /** The component of this response; the operation and the status if the response is described inline. */
    public String nameOfAnswer(int status) {
        String component = definition.path("responses").path(Integer.toString(status)).path("$ref").asText();
        return component.isEmpty() ? id() + " " + status : component.substring(component.lastIndexOf('/') + 1);
    }

    /** The schemas of a body by content type. */
    public static Map<String, JsonNode> contents(JsonNode bodyOrAnswer) {
        Map<String, JsonNode> contents = new LinkedHashMap<>();
        bodyOrAnswer.path("content").properties()
                .forEach(each -> contents.put(each.getKey(), each.getValue().path("schema")));
        return contents;
    }

    @Override
    public String toString() {
        return id();
    }
}
