package dev.retouch.contract.conformance.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;

import dev.retouch.contract.harness.ContractFiles;

/** The schemas of the contract's document. */
public final class Schemas {

    private static final String LOCATION = "https://retouch.test/openapi.json";

    private final JsonNode document;
    private final JsonSchemaFactory factory;

    public Schemas() {
        try {
            document = new YAMLMapper().readTree(ContractFiles.document());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        // a document has more in it than schemas, which is nothing to warn about
        JsonMetaSchema quiet = JsonMetaSchema.builder(OpenApi30.getInstance())
                .unknownKeywordFactory((keyword, _) -> new NonValidationKeyword(keyword)).build();
        factory = JsonSchemaFactory.builder(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V4))
                .metaSchema(quiet).defaultMetaSchemaIri(OpenApi30.getInstance().getIri())
                .schemaLoaders(loaders -> loaders.schemas(Map.of(LOCATION, document.toString()))).build();
    }

    /** The version of the document. */
    public String version() {
        return document.at("/info/version").asText();
    }

    public boolean has(String name) {
        return document.at("/components/schemas").has(name);
    }

    /** What keeps a value from being of a schema. */
    public List<String> mistakes(String name, JsonNode value) {
        JsonSchema schema = factory.getSchema(SchemaLocation.of(LOCATION + "#/components/schemas/" + name));
        return schema.validate(value).stream().map(ValidationMessage::getMessage).sorted().toList();
    }
}
