package dev.retouch.server.settings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * A YAML file with the line number of each key, for error messages.
 *
 * @param name file name in messages
 * @param tree content, always an object
 * @param lines line of each key by JSON pointer, counted from 1
 */
public record SettingsFile(String name, ObjectNode tree, Map<String, Integer> lines) {

    public SettingsFile {
        lines = Map.copyOf(lines);
    }

    /** Reads a file. An empty file has no settings. */
    public static SettingsFile read(Path path) {
        try {
            return read(path.toString(), Files.readAllBytes(path));
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(path + ": there is no such file");
        } catch (IOException e) {
            throw new ConfigurationException(path + ": cannot be read: " + e.getMessage());
        }
    }

    /** Parses a file. An empty file has no settings. */
    public static SettingsFile read(String name, byte[] content) {
        YAMLFactory factory = YAMLFactory.builder()
                .enable(com.fasterxml.jackson.core.StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        try {
            Map<String, Integer> lines = lines(factory, content);
            JsonNode tree = new YAMLMapper(factory).readTree(content);
            if (tree == null || tree.isMissingNode() || tree.isNull()) {
                return new SettingsFile(name, JsonNodeFactory.instance.objectNode(), lines);
            }
            if (!(tree instanceof ObjectNode object)) {
                throw new ConfigurationException(
                        name + ":1: expected settings as 'key: value', but found something else");
            }
            return new SettingsFile(name, object, lines);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
            throw new ConfigurationException(name + ":" + line + ": " + firstLine(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new ConfigurationException(name + ": cannot be read: " + e.getMessage());
        }
    }

    /** Returns the position of a key as {@code file:line}. */
    public String place(String pointer) {
        Integer line = lines.get(pointer);
        return line == null ? name : name + ":" + line;
    }

    private static Map<String, Integer> lines(YAMLFactory factory, byte[] content) throws IOException {
        Map<String, Integer> lines = new HashMap<>();
        try (JsonParser parser = factory.createParser(content)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                String pointer = parser.getParsingContext().pathAsPointer().toString();
                lines.putIfAbsent(pointer, parser.currentTokenLocation().getLineNr());
            }
        }
        return lines;
    }

    private static String firstLine(String message) {
        return message.lines().findFirst().orElse("cannot be read");
    }
}
