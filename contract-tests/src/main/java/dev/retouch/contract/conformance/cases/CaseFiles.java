package dev.retouch.contract.conformance.cases;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import dev.retouch.contract.conformance.check.Schemas;

/** Loads the cases that come with the command, and those of a person's own folder behind them. */
public final class CaseFiles {

    static final String FOLDER = "/dev/retouch/contract/conformance/";

    /** The rows of the report, in its order. */
    private static final List<String> SHIPPED = List.of("dialect-a", "dialect-b", "dialect-c", "dialect-d", "dialect-e",
            "limits", "errors", "streaming", "links", "masks", "gateway", "models");

    private final YAMLMapper yaml = YAMLMapper.builder().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY).build();
    private final ModelNames models;
    private final Prices prices;
    private final Schemas schemas;

    public CaseFiles(ModelNames models, Schemas schemas) {
        this.models = models;
        this.schemas = schemas;
        this.prices = new Prices(shipped("prices.yaml"));
    }

    /** Which list of prices is used, for people. */
    public Prices prices() {
        return prices;
    }

    /** Every case there is, in the order of the report. */
    public List<Case> load(Optional<Path> own) {
        List<Case> all = new ArrayList<>();
        FileShelf shelf = FileShelf.of(shipped("files.yaml"));
        for (String name : SHIPPED) {
            all.addAll(reader(shelf).read(name + ".yaml", shipped("cases/" + name + ".yaml")));
        }
        own.ifPresent(folder -> all.addAll(own(folder, shelf)));
        Set<String> ids = new HashSet<>();
        for (Case each : all) {
            if (!ids.add(each.id())) {
                throw new CaseException("There are two cases '" + each.id() + "'. Give one of them another name.");
            }
        }
        return List.copyOf(all);
    }

    private List<Case> own(Path folder, FileShelf shelf) {
        List<Case> cases = new ArrayList<>();
        List<Path> files;
        try (Stream<Path> entries = Files.list(folder)) {
            files = entries.filter(file -> file.getFileName().toString().matches(".*\\.ya?ml")).sorted().toList();
        } catch (IOException e) {
            throw new CaseException("The folder " + folder + " cannot be read: " + e.getMessage());
        }
        if (files.isEmpty()) {
            throw new CaseException("The folder " + folder + " has no .yaml files.");
        }
        for (Path file : files) {
            try {
                cases.addAll(reader(shelf.with(folder)).read(file.toString(),
                        parsed(file.toString(), Files.readString(file))));
            } catch (IOException e) {
                throw new CaseException(file + " cannot be read: " + e.getMessage());
            }
        }
        return cases;
    }

    private CaseReader reader(FileShelf shelf) {
        return new CaseReader(new RequestReader(shelf), new ExpectationReader(shelf, schemas), models, prices);
    }

    private JsonNode shipped(String name) {
        try (InputStream in = CaseFiles.class.getResourceAsStream(FOLDER + name)) {
            if (in == null) {
                throw new IllegalStateException(FOLDER + name + " is missing from the class path");
            }
            return parsed(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode parsed(String name, String text) {
        try {
            return yaml.readTree(text);
        } catch (JsonProcessingException e) {
            throw new CaseException(name + ", line " + e.getLocation().getLineNr() + ": this is no YAML: "
                    + e.getOriginalMessage().lines().findFirst().orElse("") + ".");
        }
    }
}
