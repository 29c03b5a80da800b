package dev.retouch.server.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

import jakarta.ws.rs.HttpMethod;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What the gateway needs of the OpenAPI document, read from the class path once. The document itself is read when it is asked for. The build
 * writes it as JSON, because YAML takes a noticeable part of a start to read.
 */
public final class ContractDocument {

    /** The first segment of the paths of clients. */
    private static final String VERSION = "/v1";

    private static final JsonPointer INFO_VERSION = JsonPointer.compile("/info/version");

    /** Class-path folder of the document and its example files. */
    public static final String FOLDER = "dev/retouch/contract";

    private final Map<String, String> parameterDefaults;
    private final List<String> formFields;
    private final List<Operation> operations;

    /** An operation of the document. */
    private record Operation(String method, String template, Pattern path, Security security, boolean body) {

        boolean isAt(String address) {
            return template.equals(address) || path.matcher(address).matches();
        }
    }

    /** Reads the document. */
    public ContractDocument() {
        this(read());
    }

    /**
     * Takes what the gateway needs.
     *
     * @param document what {@link #read} has returned
     */
    public ContractDocument(JsonNode document) {
        parameterDefaults = parameterDefaults(document);
        formFields = form(document).propertyStream().map(Map.Entry::getKey).toList();
        operations = operations(document);
    }

    /** Returns the document as YAML. */
    public static byte[] yaml() {
        return content("openapi.yaml");
    }

    /** Returns the document as JSON. */
    public static byte[] json() {
        return content("openapi.json");
    }

    /** Returns {@code components.schemas}, which are read anew. */
    public static JsonNode schemas() {
        return schemas(read());
    }

    /** Returns {@code components.schemas} of the document. */
    public static JsonNode schemas(JsonNode document) {
        return document.path("components").path("schemas");
    }

    private static JsonNode form(JsonNode document) {
        return schemas(document).path("ImageEditForm").path("properties");
    }

    /** Reads the whole document. Nothing keeps it, so a caller that needs several parts reads it once. */
    public static JsonNode read() {
        try {
            return new ObjectMapper().readTree(json());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] content(String name) {
        try (InputStream in = open(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) {
        return Objects.requireNonNull(ContractDocument.class.getClassLoader().getResourceAsStream(FOLDER + "/" + name),
                "The contract is missing from the class path");
    }

    /** Returns the version of the contract, which is near the beginning of the document. */
    public static String version() {
        try (InputStream in = open("openapi.json"); JsonParser parser = new JsonFactory().createParser(in)) {
            while (parser.nextToken() != null) {
                if (INFO_VERSION.equals(parser.getParsingContext().pathAsPointer())
                        && parser.currentToken() == JsonToken.VALUE_STRING) {
                    return parser.getText();
                }
            }
            throw new IllegalStateException("The contract has no version");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Security requirement of an operation. */
    public enum Security {
        /** No requirement. */
        NONE,
        /** An API key. */
        KEY,
        /** The admin token. */
        ADMIN,
        /** The metrics token or the admin token. */
        METRICS
    }

    /**
     * Returns the security requirement of an operation, or empty if the contract has no such operation. {@code HEAD} counts as
     * {@code GET}.
     */
    public Optional<Security> security(String method, String path) {
        return operation(method, path).map(Operation::security);
    }

    /** Whether the contract has such an operation, and its requests have a body. */
    public boolean takesBody(String method, String path) {
        return operation(method, path).filter(Operation::body).isPresent();
    }

    private Optional<Operation> operation(String method, String path) {
        String documented = HttpMethod.HEAD.equals(method) ? HttpMethod.GET : method;
        return operations.stream()
                .filter(operation -> operation.method().equals(documented) && operation.isAt(path))
                .findFirst();
    }

    /** Whether the contract has an operation with exactly this path, for any method. */
    public boolean knows(String path) {
        return operations.stream().anyMatch(operation -> operation.isAt(path));
    }

    /**
     * The path that a client with a wrong base URL meant: {@code /v1/images/edits} for {@code /images/edits},
     * {@code /v1/v1/images/edits}, or the path of a deployment on Azure. Empty if the end of the path is no operation.
     */
    public Optional<String> pathBehind(String path) {
        String trimmed = path.replaceFirst("/+$", "");
        for (int slash = trimmed.indexOf('/'); slash >= 0; slash = trimmed.indexOf('/', slash + 1)) {
            String candidate = VERSION + trimmed.substring(slash);
            if (knows(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** Returns the documented defaults of edit parameters by wire name. */
    public Map<String, String> parameterDefaults() {
        return parameterDefaults;
    }

    /** Returns the wire names of all form fields. */
    public List<String> formFields() {
        return formFields;
    }

    private static Map<String, String> parameterDefaults(JsonNode document) {
        Map<String, String> defaults = new TreeMap<>();
        form(document).properties().forEach(property -> {
            JsonNode value = resolved(property.getValue(), document).get("default");
            if (value != null && value.isValueNode()) {
                defaults.put(property.getKey(), value.asText());
            }
        });
        return Map.copyOf(defaults);
    }

    private static JsonNode resolved(JsonNode schema, JsonNode document) {
        String reference = schema.path("$ref").asText();
        return reference.isEmpty() ? schema : document.at(reference.substring(1));
    }

    /** An operation without a requirement has that of the whole document: an API key. */
    private static Security security(JsonNode requirement) {
        if (requirement.isArray() && requirement.isEmpty()) {
            return Security.NONE;
        }
        if (!requirement.findValues("metrics").isEmpty()) {
            return Security.METRICS;
        }
        return requirement.path(0).has("admin") ? Security.ADMIN : Security.KEY;
    }

    private static List<Operation> operations(JsonNode tree) {
        List<Operation> found = new ArrayList<>();
        tree.path("paths").properties().forEach(path -> {
            // to Jersey, a semicolon starts a matrix parameter, and the segment before it is empty
            Pattern pattern = Pattern.compile(path.getKey().replaceAll("\\{[^}]+}", "[^/;][^/]*"));
            path.getValue().properties().forEach(operation -> {
                JsonNode security = operation.getValue().path("security");
                found.add(new Operation(operation.getKey().toUpperCase(Locale.ROOT), path.getKey(), pattern,
                        security(security),
                        operation.getValue().has("requestBody")));
            });
        });
        return List.copyOf(found);
    }
}
