package dev.retouch.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Runs the marked blocks of the README and of the pages in {@code docs} as they are; only the port differs. */
@ExtendWith(Gateways.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadmeTest {

    private static final Path ROOT = Path.of(System.getProperty("retouch.distributions", "..")).toAbsolutePath()
            .normalize();
    private static final Pattern BLOCK = Pattern.compile("(?s)<!-- tested: ([a-z-]+) -->\n```([a-z]+)\n(.*?)```");
    private static final Pattern UNMARKED = Pattern.compile("(?s)(?<!-->\n)```(?:sh|java|yaml)\n(.*?)```");

    private final RunningGateway gateway;
    private final Map<String, String> blocks = new LinkedHashMap<>();
    private final List<String> unmarked = new ArrayList<>();

    @TempDir
    private Path folder;

    ReadmeTest(RunningGateway gateway) {
        this.gateway = gateway;
    }

    @BeforeAll
    void read() throws IOException {
        for (Path page : pages()) {
            String text = Files.readString(page);
            BLOCK.matcher(text).results()
                    .forEach(block -> assertThat(blocks.put(block.group(1), block.group(3)))
                            .as("another block %s", block.group(1)).isNull());
            unmarked.addAll(UNMARKED.matcher(text).results().map(block -> block.group(1).strip()).toList());
        }
    }

    private static List<Path> pages() throws IOException {
        List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(path -> path.toString().endsWith(".md")).sorted().forEach(pages::add);
        }
        return pages;
    }

    /** A block that no test runs can become wrong unnoticed. The build itself runs its two commands. */
    @Test
    void everyBlockIsRunHere() {
        assertThat(blocks).containsOnlyKeys("first-edit", "json-edit", "stream-edit", "strict-mask", "outcome",
                "several-images", "java-client",
                "distribution",
                "tls", "budget", "admin", "models", "rules", "upstreams", "providers", "upstream-kind", "idempotency",
                "task", "conformance", "catalog", "stored-rules", "sandbox", "backup", "restore");
        assertThat(unmarked).containsExactly("mvn -q -Prun", "mvn -q verify");
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
    void theStrictMaskKeepsThePictureOutside() throws IOException {
        shell("first-edit");
        shell("strict-mask");

        assertThat(Files.readString(folder.resolve("headers.txt"))).containsPattern(
                "(?i)x-retouch-mask: enforced; changed-outside=[0-9.]+%");
        JsonNode answer = new ObjectMapper().readTree(folder.resolve("strict.json").toFile());
        Picture edited = Picture.of(answer.at("/data/0/b64_json").binaryValue());
        Picture input = Picture.of(Files.readAllBytes(folder.resolve("input.png")));
        assertThat(edited.width()).isEqualTo(input.width());
        assertThat(edited.argb(690, 450)).isNotEqualTo(input.argb(690, 450));
        assertThat(edited.argb(10, 10)).isEqualTo(input.argb(10, 10));
    }

    @Test
    void theOutcomeIsTheChosenOne() throws IOException {
        shell("first-edit");
        shell("outcome");

        JsonNode answer = new ObjectMapper().readTree(folder.resolve("blocked.json").toFile());
        assertThat(answer.at("/error/code").asText()).isEqualTo("moderation_blocked");
    }

    @Test
    void editOfSeveralImagesReturnsTwoLinks() throws IOException {
        shell("first-edit");
        shell("several-images");

        JsonNode links = new ObjectMapper().readTree(folder.resolve("links.json").toFile());
        assertThat(links.path("data").size()).as(links.toString()).isEqualTo(2);
        assertThat(links.at("/data/1/url").asText()).startsWith("http");
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
            try (LaunchedProcess program = LaunchedProcess.start(folder, Map.of("RETOUCH_PORT", "0"), words)) {
                program.awaitOutput("http://127\\.0\\.0\\.1:\\d+");
            }
        }
    }

    /** A backup of a gateway that is running is restored, and its ledger is sound. */
    @Test
    void theBackupIsRestored() throws IOException {
        shell("first-edit");
        Path backup = folder.resolve("backup");
        retouch(block("backup"), backup, Map.of("RETOUCH_DATA_DIR", gateway.dataDir().toString()));
        String restore = block("restore").strip();
        assertThat(restore).startsWith("RETOUCH_DATA_DIR=/var/lib/retouch-new ");
        Path restored = folder.resolve("restored");
        retouch(restore.substring(restore.indexOf(' ') + 1), backup, Map.of("RETOUCH_DATA_DIR", restored.toString()));
        assertThat(restored.resolve("retouch.db")).isNotEmptyFile();
    }

    /** Runs a command of the distribution, which must succeed, with another folder for the backup. */
    private void retouch(String command, Path backup, Map<String, String> environment) throws IOException {
        List<String> words = List
                .of(command.strip().replace("/backups/retouch-2026-11-29", backup.toString()).split(" "));
        assertThat(words).startsWith("retouch");
        try (LaunchedProcess program = LaunchedProcess.retouch(folder, environment,
                words.subList(1, words.size()).toArray(String[]::new))) {
            assertThat(program.exitCode()).as(program.err()).isZero();
        }
    }

    @Test
    void theCertificateToTryItWithWorks() throws IOException {
        assumeThat(Path.of("/usr/bin/openssl")).isExecutable();
        String commands = block("tls").replace(" server/target",
                " exec " + ROOT.resolve("server/target"));
        try (LaunchedProcess program = LaunchedProcess.start(folder, Map.of("RETOUCH_PORT", "0"),
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
        assertThat(out).contains("team-a", "gpt-image-2", "adds up").containsPattern("laptop.*4\\.[78]\\d+");
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
    void storedModelsAreUsedAndTakenBackAsShown() {
        try (RunningGateway administered = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN))) {
            String commands = block("catalog").replace("http://127.0.0.1:8080", administered.baseUrl().toString());
            String out = run(List.of("sh", "-e", "-c", commands), Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
            assertThat(out).contains("\"version\":1", "\"team-draft\":{\"like\":\"dall-e-2\"}", "\"restored_from\":0");
        }
    }

    @Test
    void storedRulesAreUsedAsShown() {
        try (RunningGateway administered = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN))) {
            String commands = block("stored-rules").replace("http://127.0.0.1:8080", administered.baseUrl().toString());
            run(List.of("sh", "-e", "-c", commands), Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
            Endpoint client = Admin.of(administered).group("watched", "\"moderation\":{\"mode\":\"block\"}")
                    .key("watched", "");
            assertThat(client.edit(CheapEdit.form("a forbidden phrase")).error().path("message").asText())
                    .contains("house-rules");
        }
    }

    /** The tests of the block are those of {@code SandboxExampleTest}, which the build runs. */
    @Test
    void sandboxExampleIsATestOfTheBuild() throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/retouch/contract/page/SandboxExampleTest.java"));
        String tests = source.substring(source.indexOf("    @Test"),
                source.indexOf("    // the block of the page ends"));
        assertThat(block("sandbox")).contains("@RetouchSandbox").contains(tests.stripTrailing());
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

    @Test
    void theProvidersOfTheSampleBlock() throws IOException {
        Path key = Files.writeString(folder.resolve("azure-key"), "key-of-azure-0123\n");
        Path account = Files.writeString(folder.resolve("google.json"), "{}");
        Path file = Files.writeString(folder.resolve("providers.yaml"), block("providers")
                .replace("/run/secrets/azure", key.toString()).replace("/run/secrets/google.json", account.toString()));
        Map<String, String> environment = new LinkedHashMap<>(Map.of("RETOUCH_UPSTREAMS_FILE", file.toString()));
        for (String variable : List.of("OPENAI_KEY", "GEMINI_KEY", "OPENROUTER_KEY", "XAI_KEY", "BFL_KEY", "FAL_KEY",
                "REPLICATE_TOKEN")) {
            environment.put(variable, "key-of-" + variable);
        }
        try (RunningGateway own = RunningGateway.start(environment)) {
            JsonNode checks = Endpoint.fetch(own.endpoint().at("/readyz")).json().path("checks");
            for (String name : List.of("openai", "azure", "google", "vertex", "router", "grok", "flux", "queue",
                    "predictions", "vllm")) {
                assertThat(checks.path("upstream " + name).asText()).as(name).isEqualTo("ok");
            }
        }
    }

    @Test
    void theUpstreamKindOfTheSampleBlock() throws IOException {
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), block("upstream-kind"));
        Path file = Files.writeString(folder.resolve("acme.yaml"), "paint: {kind: acme, key-env: ACME_KEY}\n");
        try (RunningGateway own = RunningGateway.start(Map.of("RETOUCH_UPSTREAMS_FILE", file.toString(),
                "RETOUCH_UPSTREAM_KINDS_FILE", kinds.toString(), "ACME_KEY", "key-of-acme"))) {
            JsonNode checks = Endpoint.fetch(own.endpoint().at("/readyz")).json().path("checks");
            assertThat(checks.path("upstream paint").asText()).isEqualTo("ok");
        }
    }

    private RunningGateway startedWith(String setting, String block) throws IOException {
        Path file = Files.writeString(folder.resolve(block + ".yaml"), block(block));
        return RunningGateway.start(Map.of(setting, file.toString(), "RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
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
        try (LaunchedProcess program = LaunchedProcess.start(folder, environment, command)) {
            assertThat(program.exitCode()).as("%s%n%s", program.out(), program.err()).isZero();
            return program.out();
        }
    }
}
