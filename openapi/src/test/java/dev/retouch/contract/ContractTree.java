package dev.retouch.contract;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The document as a tree, with the few ways of looking at it that the rules need. */
record ContractTree(JsonNode root) {

    static final String RESOURCE = "dev/retouch/contract/openapi.yaml";

    /** An operation with its method and path. */
    record Operation(String method, String path, JsonNode node) {

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    /** Reads the document and rejects duplicate keys. */
    static ContractTree read() {
        try (InputStream in = ContractTree.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path");
            }
            return new ContractTree(strict().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the document as it was last published; the tests run in the module. */
    static ContractTree published() {
        try {
            return new ContractTree(strict().readTree(Path.of("published", "openapi.yaml").toFile()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static YAMLMapper strict() {
        return new YAMLMapper(YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build());
    }

    /** The folder of the files that examples name; the module's own, so the tests run in the module. */
    static Path exampleFolder() {
        return Path.of("contract", "examples");
    }

    JsonNode schemas() {
        return root.path("components").path("schemas");
    }

    /** The node itself, or what it refers to. */
    JsonNode resolved(JsonNode node) {
        JsonNode current = node;
        while (current.path("$ref").isTextual()) {
            current = root.at(current.path("$ref").asText().substring(1));
        }
        return current;
    }

    List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                operations.add(new Operation(operation.getKey(), path.getKey(), operation.getValue()));
            }
        }
        return operations;
    }

    /** The operation with this id. */
    JsonNode operation(String id) {
        return operations().stream().map(Operation::node).filter(node -> node.path("operationId").asText().equals(id))
                .findFirst().orElseThrow();
    }

    /** Shows every node below and including the root, with its JSON pointer. */
    void walk(BiConsumer<String, JsonNode> visitor) {
        walk("", root, visitor);
    }

    private static void walk(String pointer, JsonNode node, BiConsumer<String, JsonNode> visitor) {
        visitor.accept(pointer, node);
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            walk(pointer + "/" + entry.getKey().replace("~", "~0").replace("/", "~1"), entry.getValue(), visitor);
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            walk(pointer + "/" + i, node.get(i), visitor);
        }
    }
}
