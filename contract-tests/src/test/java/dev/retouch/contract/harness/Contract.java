package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import com.atlassian.oai.validator.report.MessageResolver;
import com.atlassian.oai.validator.report.ValidationReport;
import com.atlassian.oai.validator.schema.SchemaValidator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.parser.OpenAPIV3Parser;
import org.assertj.core.api.Assertions;

import dev.retouch.contract.exchange.AdditionalMembers;

/** The document and its example files, from the jar that it is published in. */
public final class Contract {

    private final String text;
    private final JsonNode tree;
    private final OpenAPI api;
    private final SchemaValidator validator;

    public Contract() {
        text = ContractFiles.document();
        try {
            tree = new YAMLMapper().readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        api = AdditionalMembers.allowed(new OpenAPIV3Parser().readContents(text).getOpenAPI());
        validator = new SchemaValidator(api, new MessageResolver());
    }

    /** The document as it was written. */
    public String text() {
        return text;
    }

    /** The document. */
    public JsonNode tree() {
        return tree;
    }

    /** The values of the examples whose names end like this, by name. */
    public Map<String, JsonNode> examples(String ending) {
        Map<String, JsonNode> found = new TreeMap<>();
        tree.at("/components/examples").properties().forEach(example -> {
            if (example.getKey().endsWith(ending)) {
                found.put(example.getKey(), example.getValue().path("value"));
            }
        });
        return found;
    }

    /** Every documented code. */
    public List<String> errorCodes() {
        List<String> codes = new ArrayList<>();
        tree.at("/components/schemas/ErrorCode/enum").forEach(code -> codes.add(code.asText()));
        return codes;
    }

    /** What the document says about a code: status, type, retry. */
    public JsonNode error(String code) {
        return tree.at("/components/schemas/ErrorCode/x-errors").path(code);
    }

    /** Fails unless the text is a JSON document of this schema. */
    public void assertValid(String schema, String json) {
        Schema<?> wanted = api.getComponents().getSchemas().get(schema);
        Assertions.assertThat(wanted).as("schema " + schema).isNotNull();
        ValidationReport report = validator.validate(json, wanted, "body");
        Assertions.assertThat(report.getMessages()).as("against %s: %s", schema, shortened(json)).isEmpty();
    }

    /** A form of the document's examples: a value that starts with {@code @} is a file beside it. */
    public static Form form(JsonNode example) {
        Form form = Form.empty();
        for (Map.Entry<String, JsonNode> field : example.properties()) {
            List<JsonNode> values = new ArrayList<>();
            if (field.getValue().isArray()) {
                field.getValue().forEach(values::add);
            } else {
                values.add(field.getValue());
            }
            for (JsonNode value : values) {
                String given = value.asText();
                form = given.startsWith("@")
                        ? form.example(field.getKey(), given.substring(1))
                        : form.text(field.getKey(), given);
            }
        }
        return form;
    }

    /** One of the example files. */
    public static byte[] example(String name) {
        return ContractFiles.example(name);
    }

    /** One of the example files as a data URL. */
    public static String dataUrl(String name) {
        return "data:" + ContractFiles.typeOf(name) + ";base64," + Base64.getEncoder().encodeToString(example(name));
    }

    private static String shortened(String json) {
        return json.length() > 400 ? json.substring(0, 400) + "…" : json;
    }
}
