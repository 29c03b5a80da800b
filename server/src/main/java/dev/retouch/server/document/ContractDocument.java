package dev.retouch.server.document;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The OpenAPI document, read once from the class path. */
public final class ContractDocument {

    /** The class-path folder that holds the document and its example files. */
    public static final String FOLDER = "dev/retouch/contract";

    private final byte[] yaml;
    private final byte[] json;
    private final JsonNode tree;
    private final List<Operation> operations;

    /** One operation of the document. */
    private record Operation(String method, Pattern path, Security security) {}

    /** Reads the document. */
    public ContractDocument() {
        try (InputStream in = ContractDocument.class.getClassLoader().getResourceAsStream(FOLDER + "/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("The contract is missing from the class path");
            }
            yaml = in.readAllBytes();
            tree = new YAMLMapper().readTree(yaml);
            json = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(tree);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        operations = operations(tree);
    }

    /** The document as it was written. */
    public byte[] yaml() {
        return yaml.clone();
    }

    /** The same document as JSON. */
    public byte[] json() {
        return json.clone();
    }

    /** {@code components.schemas}. */
    public JsonNode schemas() {
        return tree.path("components").path("schemas");
    }

    /** The version of the contract. */
    public String version() {
        return tree.path("info").path("version").asText();
    }

    /** What a request must carry. */
    public enum Security {
        /** Nothing. */
        NONE,
        /** A key. */
        KEY,
        /** The admin token. */
        ADMIN
    }

    /** What a request to this path with this method must carry; empty where there is no such operation. */
    public Optional<Security> security(String method, String path) {
        return operations.stream()
                .filter(operation -> operation.method().equals(method) && operation.path().matcher(path).matches())
                .map(Operation::security).findFirst();
    }

    /** Whether there is an operation under this path, letter by letter, with any method. */
    public boolean knows(String path) {
        return operations.stream().anyMatch(operation -> operation.path().matcher(path).matches());
    }

    /** The documented defaults of the edit's parameters, by wire name. */
    public Map<String, String> parameterDefaults() {
        Map<String, String> defaults = new TreeMap<>();
        schemas().path("ImageEditForm").path("properties").properties().forEach(property -> {
            JsonNode value = resolved(property.getValue()).get("default");
            if (value != null && value.isValueNode()) {
                defaults.put(property.getKey(), value.asText());
            }
        });
        return Map.copyOf(defaults);
    }

    /** The wire names of the form's text fields. */
    public List<String> formFields() {
        List<String> names = new ArrayList<>();
        schemas().path("ImageEditForm").path("properties").properties()
                .forEach(property -> names.add(property.getKey()));
        return List.copyOf(names);
    }

    private JsonNode resolved(JsonNode schema) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : tree.at(reference.substring(1));
    }

    /** An operation that says nothing needs a key, as the whole document says. */
    private static Security security(JsonNode said) {
        if (said.isArray() && said.isEmpty()) {
            return Security.NONE;
        }
        return said.path(0).has("admin") ? Security.ADMIN : Security.KEY;
    }

    private static List<Operation> operations(JsonNode tree) {
        List<Operation> found = new ArrayList<>();
        tree.path("paths").properties().forEach(path -> {
            // what begins with a semicolon is a parameter of the segment to Jersey, and the segment itself is empty
            Pattern pattern = Pattern.compile(path.getKey().replaceAll("\\{[^}]+}", "[^/;][^/]*"));
            path.getValue().properties().forEach(operation -> {
                JsonNode security = operation.getValue().path("security");
                found.add(new Operation(operation.getKey().toUpperCase(Locale.ROOT), pattern, security(security)));
            });
        });
        return List.copyOf(found);
    }
}
