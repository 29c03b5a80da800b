package dev.retouch.contract.exchange;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

import com.atlassian.oai.validator.report.MessageResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.atlassian.oai.validator.schema.SchemaValidator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.swagger.v3.core.util.Json;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.parser.OpenAPIV3Parser;

/** The contract, as those need it who hold something against it. Not for several threads at once. */
public final class Document {

    private static final String CONTRACT = "/dev/retouch/contract/openapi.yaml";
    /** Longer texts are pictures; looking at each letter of them would take long and find nothing. */
    private static final int MAX_TEXT = 50_000;
    private static final int ENOUGH = 200;

    private final JsonNode tree;
    private final SchemaValidator validator;
    private final List<Operation> operations;
    private final IdentityHashMap<JsonNode, Schema<?>> schemas = new IdentityHashMap<>();

    /** Reads the one that is published. */
    public Document() {
        try (InputStream in = Document.class.getResourceAsStream(CONTRACT)) {
            if (in == null) {
                throw new IllegalStateException(CONTRACT + " is missing from the class path");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            tree = new YAMLMapper().readTree(text);
            validator = new SchemaValidator(
                    AdditionalMembers.allowed(new OpenAPIV3Parser().readContents(text).getOpenAPI()),
                    new MessageResolver());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<Operation> all = new ArrayList<>();
        tree.path("paths").properties().forEach(path -> path.getValue().properties()
                .forEach(method -> all.add(new Operation(method.getKey(), path.getKey(), method.getValue(), this))));
        operations = List.copyOf(all);
    }

    /** Everything that can be asked for. */
    public List<Operation> operations() {
        return operations;
    }

    /** What this method of this path is; HEAD is a GET without a body. */
    Optional<Operation> operation(Exchange exchange) {
        String asked = exchange.method().equals("HEAD") ? "GET" : exchange.method();
        return at(exchange).stream().filter(operation -> operation.method().equals(asked)).findFirst();
    }

    /** Everything that can be asked of this path, which is not another path in unusual spelling. */
    List<Operation> at(Exchange exchange) {
        return operations.stream().filter(operation -> operation.hasPath(exchange.path())
                && operation.hasPath(exchange.straight())).toList();
    }

    /** A part of the document by its JSON pointer. */
    public JsonNode at(String first, String second) {
        return tree.path("components").path(first).path(second);
    }

    /** Resolves a reference; any other node is returned unchanged. */
    public JsonNode resolved(JsonNode node) {
        JsonNode at = node;
        while (at.has("$ref")) {
            at = tree.at(at.get("$ref").asText().substring(1));
        }
        return at;
    }

    /** What is wrong with a value of this schema, in a line each. */
    List<String> problems(JsonNode schema, JsonNode value) {
        Schema<?> wanted = schemas.computeIfAbsent(schema,
                node -> Json.mapper().convertValue(node, Schema.class));
        JsonNode looked = shortened(value);
        // the validator quotes a text at top level
        String text = looked.isTextual() ? looked.textValue() : looked.toString();
        return validator.validate(text, wanted, "value").getMessages().stream()
                .map(ValidationReport.Message::getMessage).map(Document::brief).toList();
    }

    private static JsonNode shortened(JsonNode value) {
        if (value.isTextual()) {
            return value.textValue().length() > MAX_TEXT ? TextNode.valueOf("…") : value;
        }
        if (value.isObject()) {
            var copy = Json.mapper().createObjectNode();
            value.properties().forEach(each -> copy.set(each.getKey(), shortened(each.getValue())));
            return copy;
        }
        if (value.isArray()) {
            var copy = Json.mapper().createArrayNode();
            value.forEach(each -> copy.add(shortened(each)));
            return copy;
        }
        return value;
    }

    /** Enough of a text to understand it, without keys and pictures. */
    static String brief(String text) {
        String shown = text.replaceAll("sk-[A-Za-z0-9_-]+", "sk-…").replaceAll("[A-Za-z0-9+/=_-]{60,}", "…");
        return shown.length() > ENOUGH ? shown.substring(0, ENOUGH) + "…" : shown;
    }
}
