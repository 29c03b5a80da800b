package dev.retouch.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Launched;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Runs what the README tells people to run, as it stands there; only the port is another one. */
@ExtendWith(Gateways.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("retouch.distributions", "..")).toAbsolutePath()
            .normalize();
    private static final Pattern BLOCK = Pattern.compile("(?s)<!-- tested: ([a-z-]+) -->\n```([a-z]+)\n(.*?)```");

    private final RunningGateway gateway;
    private final Map<String, String> blocks = new LinkedHashMap<>();
    private String readme = "";

    @TempDir
    private Path folder;

    ReadmeTest(RunningGateway gateway) {
        this.gateway = gateway;
    }

    @BeforeAll
    void read() throws IOException {
        readme = Files.readString(ROOT.resolve("README.md"));
        Matcher block = BLOCK.matcher(readme);
        while (block.find()) {
            blocks.put(block.group(1), block.group(3));
        }
    }

    /** A block that nobody runs would be wrong one day. The two commands of the build are run by the build itself. */
    @Test
    void everyBlockIsRunHere() {
        assertThat(blocks).containsOnlyKeys("first-edit", "json-edit", "stream-edit", "java-client", "distribution",
                "tls", "budget", "admin", "models", "rules", "upstreams", "idempotency", "task", "conformance");
        List<String> others = Pattern.compile("(?s)(?<!-->\n)```(?:sh|java|yaml)\n(.*?)```").matcher(readme).results()
                .map(found -> found.group(1).strip()).toList();
        assertThat(others).containsExactly("mvn -q -Prun", "mvn -q verify");
    }

    @Test
    void theFirstEditWritesAPicture() throws IOException {
        shell("first-edit");

        Picture edited = Picture.of(Files.readAllBytes(folder.resolve("edited.png")));
        Picture input = Picture.of(Files.readAllBytes(folder.resolve("input.png")));
        assertThat(edited.width()).isEqualTo(1024);
        assertThat(edited.argb(690, 450)).isNotEqualTo(input.argb(690, 450));
        assertThat(edited.argb(10, 10)).isEqualTo(input.argb(10, 10));
    }

    @Test
    void theJsonEditAnswersAnImage() throws IOException {
        shell("first-edit");
        shell("json-edit");

        JsonNode answer = new ObjectMapper().readTree(Files.readAllBytes(folder.resolve("answer.json")));
        assertThat(Picture.of(answer.at("/data/0/b64_json").binaryValue()).width()).isEqualTo(1024);
    }

    @Test
    void theStreamEndsInACompletedPicture() throws IOException {
        shell("first-edit");
        shell("stream-edit");

        List<String> events = Files.readAllLines(folder.resolve("events.txt")).stream()
                .filter(line -> line.startsWith("event:")).toList();
        assertThat(events).containsExactly("event: image_edit.partial_image", "event: image_edit.partial_image",
                "event: image_edit.completed");
    }

    @Test
    void theSecondAnswerIsTheFirst() throws IOException {
        shell("first-edit");
        shell("idempotency");

        JsonNode answer = new ObjectMapper().readTree(folder.resolve("second.json").toFile());
        assertThat(answer.path("data").size()).as(answer.toString()).isEqualTo(1);
    }

    @Test
    void theTaskLeadsToAPicture() throws IOException {
        shell("first-edit");
        shell("task");

        assertThat(Picture.of(Files.readAllBytes(folder.resolve("later.png"))).width()).isPositive();
    }

    @Test
    void theJavaClientWritesAPicture() throws IOException {
        shell("first-edit");
        Files.delete(folder.resolve("edited.png"));
        Files.writeString(folder.resolve("Sample.java"), """
                import dev.retouch.client.*;
                import dev.retouch.client.model.*;
                import java.nio.file.Path;

                public class Sample {
                    public static void main(String[] arguments) throws Exception {
                %s    }
                }
                """.formatted(pointedHere(block("java-client"))));

        run(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "Sample.java"));

        assertThat(Picture.of(Files.readAllBytes(folder.resolve("edited.png"))).width()).isEqualTo(1024);
    }

    @Test
    void theDistributionsStart() {
        List<String> commands = block("distribution").lines().toList();
        assertThat(commands).hasSize(2);
        for (String command : commands) {
            List<String> words = new ArrayList<>(List.of(command.replace("9090", "0").split(" ")));
            words.set(0, ROOT.resolve(words.getFirst()).toString());
            try (Launched program = Launched.start(folder, Map.of("RETOUCH_PORT", "0"), words)) {
                program.awaitOutput("http://127\\.0\\.0\\.1:\\d+");
            }
        }
    }

    @Test
    void theCertificateToTryItWithWorks() throws IOException {
        assumeThat(Path.of("/usr/bin/openssl")).isExecutable();
        String commands = block("tls").replace(" server/target",
                " exec " + ROOT.resolve("server/target"));
        try (Launched program = Launched.start(folder, Map.of("RETOUCH_PORT", "0"),
                List.of("sh", "-e", "-c", commands))) {
            program.awaitOutput("https://127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void aTeamPaysFromItsBudget() throws IOException {
        shell("first-edit");
        String commands = pointedHere(block("budget")).replace("server/target",
                ROOT.resolve("server/target").toString());
        String out = run(List.of("sh", "-e", "-c", commands),
                Map.of("RETOUCH_DATA_DIR", gateway.dataDir().toString()));

        assertThat(new ObjectMapper().readTree(folder.resolve("paid.json").toFile()).at("/data/0/url").asText())
                .startsWith("http");
        assertThat(out).contains("team-a", "gpt-image-2", "adds up").containsPattern("laptop.*4\\.8\\d+");
    }

    @Test
    void administrationWorksAsShown() {
        try (RunningGateway administered = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN))) {
            String commands = block("admin").replace("http://127.0.0.1:8080", administered.baseUrl().toString());
            String out = run(List.of("sh", "-e", "-c", commands), Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
            assertThat(out).contains("\"name\":\"team-b\"", "\"secret\":\"sk-retouch-", "group,edits,images");
        }
    }

    @Test
    void theConformanceReportIsWritten() {
        run(List.of("sh", "-e", "-c", pointedHere(block("conformance")).replace("contract-tests/target",
                ROOT.resolve("contract-tests/target").toString())));

        assertThat(folder.resolve("conformance/report.html")).content().contains(gateway.baseUrl().toString(),
                "Every case that ran got the answer of a compatible endpoint");
        assertThat(folder.resolve("conformance/report.json")).exists();
    }

    @Test
    void theModelsOfTheSampleEdit() throws IOException {
        try (RunningGateway own = startedWith("RETOUCH_MODELS_FILE", "models")) {
            assertThat(own.endpoint().edit(Form.ofInput().text("model", "acme-edit-1")).status()).isEqualTo(200);
            assertThat(own.endpoint().edit(Form.ofInput().text("model", "dall-e-2").text("quality", "high")).status())
                    .as("an alias of a model that knows this quality").isEqualTo(200);
        }
    }

    @Test
    void theRulesOfTheSampleBlock() throws IOException {
        try (RunningGateway own = startedWith("RETOUCH_MODERATION_RULES_FILE", "rules")) {
            Endpoint caller = Admin.of(own).group("g", "\"moderation\":{\"mode\":\"block\"}").key("g", "");
            for (String prompt : List.of("an AV clip", "a Forbidden  phrase", "my card 1234")) {
                assertThat(caller.edit(Form.empty().example("image", "input.png").text("prompt", prompt)).error()
                        .path("code").asText()).as(prompt).isEqualTo("moderation_blocked");
            }
            assertThat(caller.edit(Form.empty().example("image", "input.png").text("prompt", "java and a scorecard"))
                    .status()).isEqualTo(200);
        }
    }

    @Test
    void theUpstreamsOfTheSampleBlock() throws IOException {
        Path key = Files.writeString(folder.resolve("relay-key"), "sk-of-the-relay\n");
        Path file = Files.writeString(folder.resolve("upstreams.yaml"),
                block("upstreams").replace("/run/secrets/relay-key", key.toString()));
        try (RunningGateway own = RunningGateway.start(
                Map.of("RETOUCH_UPSTREAMS_FILE", file.toString(), "OPENAI_KEY", "sk-of-openai"))) {
            JsonNode checks = Endpoint.fetch(own.endpoint().at("/readyz")).json().path("checks");
            assertThat(checks.path("upstream openai").asText()).isEqualTo("ok");
            assertThat(checks.path("upstream relay").asText()).isEqualTo("ok");
        }
    }

    private RunningGateway startedWith(String setting, String block) throws IOException {
        Path file = Files.writeString(folder.resolve(block + ".yaml"), block(block));
        return RunningGateway.start(Map.of(setting, file.toString(), "RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
    }

    @Test
    void everyFileThatItNamesIsThere() {
        List<String> links = Pattern.compile("\\]\\(([^)#]+)\\)").matcher(readme).results()
                .map(found -> found.group(1)).filter(target -> !target.startsWith("http")).toList();
        assertThat(links).hasSizeGreaterThan(5).allSatisfy(link -> assertThat(ROOT.resolve(link)).exists());
    }

    private void shell(String name) {
        run(List.of("sh", "-e", "-c", pointedHere(block(name))));
    }

    private String block(String name) {
        return Objects.requireNonNull(blocks.get(name), name);
    }

    private String pointedHere(String text) {
        return text.replace("http://127.0.0.1:8080", gateway.endpoint().baseUrl().toString());
    }

    private void run(List<String> command) {
        run(command, Map.of("RETOUCH_KEY", gateway.endpoint().key()));
    }

    private String run(List<String> command, Map<String, String> environment) {
        try (Launched program = Launched.start(folder, environment, command)) {
            assertThat(program.exitCode()).as("%s%n%s", program.out(), program.err()).isZero();
            return program.out();
        }
    }
}
