package dev.retouch.contract;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import org.junit.jupiter.api.Test;

import dev.retouch.contract.ContractTree.Operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The document is valid, complete, and says what everything is for. */
class DocumentTest {

    private final ContractTree contract = ContractTree.read();

    @Test
    void aParserFindsNothingToSay() {
        ParseOptions options = new ParseOptions();
        options.setResolve(true);
        options.setValidateInternalRefs(true);

        SwaggerParseResult result = new OpenAPIV3Parser().readLocation(ContractTree.RESOURCE, null, options);

        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths()).hasSameSizeAs(contract.root().path("paths"));
    }

    /** Reading it at all would have failed; this shows that the reading is as strict as it says. */
    @Test
    void rejectsDuplicateKeys() {
        assertThatThrownBy(() -> ContractTree.strict().readTree("a: {b: 1, c: 2, b: 3}"))
                .isInstanceOf(JsonProcessingException.class).hasMessageContaining("'b'");
    }

    @Test
    void everyOperationIsIntroduced() {
        Set<String> declared = new HashSet<>();
        contract.root().path("tags").forEach(tag -> declared.add(tag.path("name").asText()));
        Set<String> ids = new HashSet<>();

        for (Operation operation : contract.operations()) {
            JsonNode node = operation.node();
            assertThat(ids.add(node.path("operationId").asText())).as("%s has an id of its own", operation).isTrue();
            assertThat(node.path("operationId").asText()).as("id of %s", operation).matches("[a-z][A-Za-z]+");
            assertThat(node.path("tags")).as("tags of %s", operation).hasSize(1);
            assertThat(declared).as("declared tags").contains(node.path("tags").path(0).asText());
            assertThat(node.path("summary").asText()).as("summary of %s", operation).isNotBlank();
            assertThat(node.path("description").asText()).as("description of %s", operation).isNotBlank();
            for (Map.Entry<String, JsonNode> response : node.path("responses").properties()) {
                assertThat(contract.resolved(response.getValue()).path("description").asText())
                        .as("description of %s of %s", response.getKey(), operation).isNotBlank();
            }
        }
        assertThat(contract.root().path("tags")).as("tags").allMatch(tag -> tag.path("description").isTextual());
    }

    @Test
    void everyParameterAndHeaderSaysWhatItIs() {
        contract.walk((pointer, node) -> {
            if (pointer.matches(".*/(parameters|headers)/[^/]+") && !pointer.contains("/properties/")
                    && !pointer.contains("/examples/")) {
                assertThat(contract.resolved(node).path("description").asText()).as(pointer).isNotBlank();
            }
        });
    }

    @Test
    void everyFieldOfARequestSaysWhatItIs() {
        for (String schema : List.of("ImageEditForm", "ImageEditJson", "ImageReference", "EditedImage",
                "ErrorDetail")) {
            JsonNode properties = contract.schemas().path(schema).path("properties");
            assertThat(properties.size()).as("fields of %s", schema).isPositive();
            properties.properties().forEach(property -> assertThat(
                    contract.resolved(property.getValue()).path("description").asText())
                    .as("%s.%s", schema, property.getKey()).isNotBlank());
        }
    }

    /** What one form takes the other takes too, under the same name and by the same schema. */
    @Test
    void bothFormsOfARequestHaveTheSameParameters() {
        JsonNode form = contract.schemas().path("ImageEditForm").path("properties");
        JsonNode json = contract.schemas().path("ImageEditJson").path("properties");
        Set<String> files = Set.of("image", "image[]", "images", "mask", "markup", "svg", "svg[model]",
                "svg[reasoning][effort]");

        List<Map.Entry<String, JsonNode>> texts = new ArrayList<>(form.properties());
        texts.removeIf(entry -> files.contains(entry.getKey()));
        List<Map.Entry<String, JsonNode>> others = new ArrayList<>(json.properties());
        others.removeIf(entry -> files.contains(entry.getKey()));

        assertThat(texts).isNotEmpty().containsExactlyElementsOf(others);
    }

    @Test
    void everyReferenceLeadsSomewhere() {
        List<String> references = new ArrayList<>();
        contract.walk((pointer, node) -> {
            if (node.path("$ref").isTextual()) {
                references.add(node.path("$ref").asText());
                assertThat(contract.resolved(node).isMissingNode()).as("%s -> %s", pointer, node.path("$ref"))
                        .isFalse();
            }
        });
        assertThat(references).hasSizeGreaterThan(100).allMatch(reference -> reference.startsWith("#/components/"));
    }

    @Test
    void everyComponentIsUsed() {
        Set<String> used = new HashSet<>();
        contract.walk((_, node) -> used.add(node.path("$ref").asText()));
        // read by the servers and by these tests, not by other schemas
        Set<String> readByName = Set.of("#/components/schemas/ErrorCode", "#/components/schemas/ErrorMessage");

        contract.root().path("components").properties().forEach(kind -> kind.getValue().properties().forEach(entry -> {
            String reference = "#/components/" + kind.getKey() + "/" + entry.getKey();
            if (!kind.getKey().equals("securitySchemes") && !readByName.contains(reference)) {
                assertThat(used).as("references").contains(reference);
            }
        }));
    }

    @Test
    void onlyFilesAndHealthNeedNoKey() {
        assertThat(contract.root().path("security").toString()).isEqualTo("[{\"bearer\":[]}]");
        for (Operation operation : contract.operations()) {
            boolean open = operation.node().path("security").isArray() && operation.node().path("security").isEmpty();
            boolean mayBeOpen = Set.of("Files", "Health").contains(operation.node().path("tags").path(0).asText())
                    && !operation.path().equals("/metrics"); // whose numbers are the operator's own
            assertThat(open).as("%s is open", operation).isEqualTo(mayBeOpen);
            if (!open) {
                assertThat(operation.node().path("responses").has("401")).as("401 of %s", operation).isTrue();
            }
        }
    }
}
