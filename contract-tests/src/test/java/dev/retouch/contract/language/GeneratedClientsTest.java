package dev.retouch.contract.language;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Checks the promises of client/OTHER-LANGUAGES.md about clients generated with the settings documented there. */
@ExtendWith(Gateways.class)
class GeneratedClientsTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();
    private static final Path GENERATED = MODULE.resolve("target/generated-clients");
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    /** The first version with built-in fetch, forms and blobs. */
    private static final int NODE = 18;
    private static final String PYTHON_HAS_WHAT_IT_NEEDS = """
            import dateutil, pydantic, typing_extensions, urllib3
            assert tuple(map(int, pydantic.VERSION.split(".")[:2])) >= (2, 11)
            assert int(urllib3.__version__.split(".")[0]) >= 2
            """;

    private final Endpoint gateway;

    @TempDir
    private Path folder;

    GeneratedClientsTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    /** Strictly compiled, which reads every generated file, and then run. */
    @Test
    void typeScriptEdits() throws IOException, InterruptedException {
        Program version = run("node", "--version");
        assumeThat(version.exit()).as("node is not installed: %s", version.errors()).isZero();
        assumeThat(Integer.parseInt(version.output().replaceFirst("v(\\d+).*", "$1"))).as("node is too old")
                .isGreaterThanOrEqualTo(NODE);
        Path sources = MODULE.resolve("src/test/typescript");
        Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
        run("node", System.getProperty("retouch.typescript", "tsc.js"), "--project", sources.toString(), "--outDir",
                folder.toString()).succeeded();
        Path compiled = folder.resolve("src/test/typescript");
        Files.copy(sources.resolve("run.mjs"), compiled.resolve("run.mjs"));

        JsonNode told = edits(Map.of(), "node", compiled.resolve("run.mjs").toString());
        didWhatTheyShould(told);
        assertThat(told.path("usage").asText()).startsWith("day,model,");
    }

    /** Needs no third-party package. */
    @Test
    void pythonCompiles() throws IOException, InterruptedException {
        assumePython();
        assertThat(GENERATED.resolve("python/retouch_client/api/images_api.py")).exists();
        run("python3", "-m", "compileall", "-q", "-f", GENERATED.resolve("python/retouch_client").toString())
                .succeeded();
    }

    @Test
    void pythonEdits() throws IOException, InterruptedException {
        assumePython();
        Program packages = run("python3", "-c", PYTHON_HAS_WHAT_IT_NEEDS);
        assumeThat(packages.exit()).as("the packages that the generated client needs are not installed: %s",
                packages.errors()).isZero();

        didWhatTheyShould(edits(Map.of("PYTHONPATH", GENERATED.resolve("python").toString()), "python3",
                MODULE.resolve("src/test/python/edits.py").toString()));
    }

    private void assumePython() throws IOException, InterruptedException {
        Program version = run("python3", "--version");
        assumeThat(version.exit()).as("python3 is not installed: %s", version.errors()).isZero();
    }

    private void didWhatTheyShould(JsonNode told) {
        Picture picture = Picture.of(Base64.getDecoder().decode(told.path("files").asText()));
        assertThat(picture.format()).isEqualTo("jpeg");
        assertThat(picture.width()).isEqualTo(1024);
        assertThat(told.path("json").asText()).startsWith(gateway.baseUrl() + "/files/img_");
        assertThat(told.path("events").asText()).contains("event: image_edit.partial_image",
                "event: image_edit.completed");
        assertThat(told.path("refusal").asText()).isEqualTo("404 model_not_found");
        assertThat(told.path("models").valueStream().map(JsonNode::asText)).contains("gpt-image-2", "dall-e-2");
    }

    private JsonNode edits(Map<String, String> environment, String... command) throws IOException,
            InterruptedException {
        List<String> all = new ArrayList<>(List.of(command));
        all.add(gateway.baseUrl().toString());
        for (String name : List.of("input.png", "second.jpg", "mask.png")) {
            all.add(Files.write(folder.resolve(name), Contract.example(name)).toString());
        }
        all.add(Fixtures.imageUrl());
        Map<String, String> keyed = new HashMap<>(environment);
        keyed.put("RETOUCH_KEY", gateway.key());
        return new ObjectMapper().readTree(Program.run(folder, keyed, all, TIMEOUT).succeeded());
    }

    private Program run(String... command) throws IOException, InterruptedException {
        return Program.run(folder, Map.of(), List.of(command), TIMEOUT);
    }
}
