package dev.retouch.server.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationLoader;

/** The files of {@code deploy/}, as text and as YAML without duplicate keys. */
final class DeployFolder {

    static final Path ROOT = Path.of("..", "deploy");

    private static final YAMLMapper YAML = new YAMLMapper(
            YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build());

    private DeployFolder() {}

    static String text(String name) {
        try {
            return Files.readString(ROOT.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> files(String folder) {
        try (Stream<Path> files = Files.walk(ROOT.resolve(folder))) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static JsonNode yaml(String name) {
        return documents(text(name)).getFirst();
    }

    static List<JsonNode> documents(String text) {
        try (JsonParser parser = YAML.createParser(text);
                MappingIterator<JsonNode> values = YAML.readerFor(JsonNode.class).readValues(parser)) {
            return values.readAll();
        } catch (IOException e) {
            throw new AssertionError(text, e);
        }
    }

    /** The names of all matches of a pattern's first group in a text. */
    static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** The settings that the program reads from these variables; fails if one of them is unknown or wrong. */
    static Configuration settings(Map<String, String> variables) {
        return new ConfigurationLoader(variables).load(Optional.empty());
    }

    /** Runs a program that this machine may not have; empty if it has none. */
    static Optional<String> run(String... command) throws InterruptedException {
        List<String> all = new ArrayList<>(List.of(command));
        try {
            Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + ":\n" + output);
            }
            return Optional.of(output);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
