package dev.retouch.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

import dev.retouch.contract.ContractTree.Operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

/** What the document shows is what it describes, so that an example works unchanged. */
class ExamplesTest {

    private static final String LOCATION = "https://retouch.test/openapi.json";
    private static final Pattern WORD = Pattern.compile("\\\\\\{([a-z]+)\\\\}");

    private final ContractTree contract = ContractTree.read();
    private final JsonSchemaFactory schemas = JsonSchemaFactory
            .builder(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4)).metaSchema(OpenApi30.getInstance())
            .defaultMetaSchemaIri(OpenApi30.getInstance().getIri())
            .schemaLoaders(loaders -> loaders.schemas(Map.of(LOCATION, contract.root().toString()))).build();

    /** An example with where it is shown. */
    private record Shown(String place, String mediaType, JsonNode schema, JsonNode value) {}

    @TestFactory
    Stream<DynamicTest> everyExampleFitsItsSchema() {
        List<Shown> all = shown();
        assertThat(all).hasSizeGreaterThan(20);
        return all.stream().map(example -> dynamicTest(example.place(), () -> {
            JsonNode value = example.mediaType().equals("multipart/form-data")
                    ? asSent(example.value(), contract.resolved(example.schema()))
                    : example.value();
            assertThat(mistakes(example.schema(), value)).isEmpty();
        }));
    }

    /** The check above would be worth nothing if it took everything. */
    @Test
    void aWrongExampleWouldBeFound() {
        JsonNode schema = contract.operation("createImageEdit").path("requestBody").path("content")
                .path("application/json").path("schema");
        ObjectNode value = JsonNodeFactory.instance.objectNode().put("prompt", "x").put("n", 11).put("qualty", "low");

        assertThat(mistakes(schema, value)).hasSize(2).anyMatch(mistake -> mistake.contains("maximum"))
                .anyMatch(mistake -> mistake.contains("qualty"));
    }

    @TestFactory
    Stream<DynamicTest> everyExampleAndDefaultInASchemaFitsIt() {
        List<DynamicTest> tests = new ArrayList<>();
        contract.walk((pointer, node) -> {
            boolean schema = pointer.startsWith("/components/schemas/") || pointer.endsWith("/schema");
            if (schema && node.path("type").isTextual()) {
                Stream.of("example", "default").filter(node::has).forEach(kind -> tests.add(dynamicTest(pointer + "/"
                        + kind, () -> assertThat(mistakes(node, node.get(kind))).isEmpty())));
            } else if (node.has("example") && node.path("schema").isObject()) {
                tests.add(dynamicTest(pointer + "/example", () -> assertThat(mistakes(node.path("schema"), node.get(
                        "example"))).isEmpty()));
            }
        });
        assertThat(tests).hasSizeGreaterThan(15);
        return tests.stream();
    }

    @Test
    void everyFileOfAnExampleIsThereAndEveryFileIsUsed() throws IOException {
        Set<String> named = new TreeSet<>();
        contract.root().path("components").path("examples").forEach(example -> example.path("value").properties()
                .forEach(field -> files(field.getValue()).forEach(named::add)));
        Set<String> present = new TreeSet<>();
        try (Stream<Path> files = Files.list(ContractTree.exampleFolder())) {
            files.forEach(file -> present.add(file.getFileName().toString()));
        }
        assertThat(named).isNotEmpty().isEqualTo(present);
    }

    @TestFactory
    Stream<DynamicTest> everyImageInAnExampleIsOne() {
        List<DynamicTest> tests = new ArrayList<>();
        contract.root().path("components").path("examples").properties()
                .forEach(example -> images(example.getValue().path("value"))
                        .forEach(image -> tests.add(dynamicTest(example.getKey(), () -> assertThat(ImageIO
                                .read(new ByteArrayInputStream(Base64.getDecoder().decode(image)))).isNotNull()))));
        assertThat(tests).hasSizeGreaterThan(5);
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> everyErrorExampleIsOneOfTheDocumentedMessages() {
        Set<String> seen = new LinkedHashSet<>();
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation operation : contract.operations()) {
            operation.node().path("responses").properties().forEach(response -> contract.resolved(response.getValue())
                    .path("content").path("application/json").path("examples").properties().forEach(entry -> {
                        JsonNode error = contract.resolved(entry.getValue()).path("value").path("error");
                        if (error.isObject() && seen.add(response.getKey() + " " + entry.getKey())) {
                            tests.add(dynamicTest(response.getKey() + " " + entry.getKey(),
                                    () -> isDocumented(error, Integer.parseInt(response.getKey()))));
                        }
                    }));
        }
        assertThat(tests).hasSizeGreaterThan(8);
        return tests.stream();
    }

    private void isDocumented(JsonNode error, int status) {
        JsonNode messages = contract.schemas().path("ErrorMessage");
        List<String> found = new ArrayList<>();
        for (int i = 0; i < messages.path("enum").size(); i++) {
            String template = messages.path("enum").get(i).asText();
            Matcher matcher = pattern(template).matcher(error.path("message").asText());
            if (matcher.matches()) {
                String name = messages.path("x-enum-varnames").get(i).asText();
                found.add(name);
                JsonNode entry = messages.path("x-messages").path(name);
                JsonNode rule = contract.schemas().path("ErrorCode").path("x-errors").path(entry.path("code").asText());
                assertThat(error.path("code").asText()).as("code of %s", name).isEqualTo(entry.path("code").asText());
                assertThat(error.path("type").asText()).as("type of %s", name).isEqualTo(rule.path("type").asText());
                assertThat(status).as("status of %s", name).isEqualTo(rule.path("status").asInt());
                paramFits(error.path("param"), entry, template.contains("{param}") ? matcher.group("param") : "");
            }
        }
        assertThat(found).as("messages like: %s", error.path("message").asText()).hasSize(1);
    }

    private void paramFits(JsonNode param, JsonNode entry, String named) {
        if (entry.has("param")) {
            assertThat(param.asText()).isEqualTo(entry.path("param").asText());
        } else if (!named.isEmpty()) {
            assertThat(param.asText()).isEqualTo(named);
        } else if (!param.isNull()) {
            assertThat(contract.schemas().path("ImageEditForm").path("properties").has(param.asText())).isTrue();
        }
    }

    /** A message with its words as groups. */
    private static Pattern pattern(String template) {
        Set<String> groups = new HashSet<>();
        String escaped = template.replaceAll("[\\\\^$.|?*+()\\[\\]{}]", "\\\\$0");
        return Pattern.compile(WORD.matcher(escaped)
                .replaceAll(word -> groups.add(word.group(1)) ? "(?<" + word.group(1) + ">.*)" : ".*"));
    }

    private List<Shown> shown() {
        List<Shown> all = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Operation operation : contract.operations()) {
            content(all, seen, operation + " request", operation.node().path("requestBody").path("content"));
            operation.node().path("responses").properties().forEach(response -> content(all, seen, response.getKey(),
                    contract.resolved(response.getValue()).path("content")));
        }
        return all;
    }

    private void content(List<Shown> all, Set<String> seen, String place, JsonNode content) {
        content.properties().forEach(type -> type.getValue().path("examples").properties().forEach(example -> {
            String name = place + " " + type.getKey() + " " + example.getKey();
            if (seen.add(name)) {
                all.add(new Shown(name, type.getKey(), type.getValue().path("schema"),
                        contract.resolved(example.getValue()).path("value")));
            }
        }));
    }

    /** A form has only text and files: a number is written as text, and an empty text was not given. */
    private ObjectNode asSent(JsonNode form, JsonNode schema) {
        ObjectNode sent = JsonNodeFactory.instance.objectNode();
        form.properties().forEach(field -> {
            JsonNode value = field.getValue();
            JsonNode wanted = contract.resolved(schema.path("properties").path(field.getKey()));
            assertThat(wanted.isMissingNode()).as("'%s' is no field of the form", field.getKey()).isFalse();
            boolean onlyText = value.isTextual() || (value instanceof ArrayNode files
                    && files.valueStream().allMatch(JsonNode::isTextual));
            assertThat(onlyText).as("'%s' is text", field.getKey()).isTrue();
            if (value.isArray() || !value.asText().isEmpty()) {
                sent.set(field.getKey(), switch (wanted.path("type").asText()) {
                    case "integer" -> JsonNodeFactory.instance.numberNode(Integer.parseInt(value.asText()));
                    case "boolean" -> JsonNodeFactory.instance.booleanNode(value.asText().equals("true"));
                    default -> value;
                });
            }
        });
        return sent;
    }

    private List<String> mistakes(JsonNode schema, JsonNode value) {
        String reference = schema.path("$ref").asText();
        JsonSchema checked = schemas.getSchema(SchemaLocation.of(LOCATION + (reference.isEmpty()
                ? pointerOf(schema)
                : reference)));
        return checked.validate(value).stream().map(ValidationMessage::getMessage).toList();
    }

    @SuppressWarnings("ReferenceEquality") // this very node is looked for, not one that reads the same
    private String pointerOf(JsonNode wanted) {
        List<String> found = new ArrayList<>();
        contract.walk((pointer, node) -> {
            if (node == wanted) {
                found.add("#" + pointer);
            }
        });
        return found.getFirst();
    }

    private static List<String> files(JsonNode value) {
        List<String> names = new ArrayList<>();
        (value.isArray() ? value.valueStream() : Stream.of(value)).map(JsonNode::asText)
                .filter(text -> text.startsWith("@")).forEach(text -> names.add(text.substring(1)));
        return names;
    }

    /** Everything below that is an image in base64, with or without a data URL around it. */
    private static List<String> images(JsonNode node) {
        List<String> found = new ArrayList<>();
        if (node.isTextual() && node.asText().contains("iVBORw0KGgo")) {
            found.add(node.asText().substring(node.asText().indexOf("iVBORw0KGgo")));
        }
        node.forEach(child -> found.addAll(images(child)));
        return found;
    }
}
