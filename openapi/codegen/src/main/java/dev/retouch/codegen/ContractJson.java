package dev.retouch.codegen;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** Writes a document of YAML as JSON, with its members in the same order. */
final class ContractJson {

    private static final ObjectWriter JSON = new ObjectMapper().writerWithDefaultPrettyPrinter();

    private ContractJson() {}

    /** Writes the file, and the folders that it needs. */
    static void write(Path yaml, Path json) throws IOException {
        Files.createDirectories(json.toAbsolutePath().getParent());
        Files.write(json, JSON.writeValueAsBytes(new YAMLMapper().readTree(yaml.toFile())));
    }
}
