package dev.retouch.server.task;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;

import static org.assertj.core.api.Assertions.assertThat;

class TaskResultsTest {

    private static final URI BASE = URI.create("http://127.0.0.1:8080/");
    private static final byte[] IMAGE = Pictures.png(300, 200);
    private static final String BASE64 = Base64.getEncoder().encodeToString(IMAGE);

    private final Path folder;
    private final TaskResults results;
    private final ObjectMapper mapper = new ObjectMapper();

    TaskResultsTest(@TempDir Path dataDir) throws IOException {
        ManualClock clock = ManualClock.atSomeTime();
        Duration hour = Duration.ofHours(1);
        this.folder = dataDir;
        this.results = new TaskResults(
                new HostedFiles(dataDir, new LinkSigner(dataDir, clock, hour), clock, hour), clock);
    }

    private Path answer(String text) throws IOException {
        return Files.writeString(folder.resolve("answer"), text);
    }

    private TaskResults.Result ofEvents(String text) throws IOException {
        return results.ofEvents(answer(text), BASE);
    }

    private JsonNode document(TaskResults.Result result) throws IOException {
        return mapper.readTree(result.document().orElseThrow());
    }

    private byte[] hosted(JsonNode image) throws IOException {
        String url = image.path("url").asText();
        assertThat(url).startsWith("http://127.0.0.1:8080/files/img_");
        return Files.readAllBytes(folder.resolve("files").resolve(url.replaceAll(".*/files/|\\?.*", "")));
    }

    private static String completed(String more) {
        return "event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\"" + BASE64
                + "\"" + more + "}\n\n";
    }

    @Test
    void aDocumentKeepsItsLinksAndNothingElseOfTheImages() throws IOException {
        TaskResults.Result result = results.ofDocument(answer("""
                {"created":7,"data":[{"url":"u","b64_json":"%s","revised_prompt":"r"},{"url":"v"}],
                 "usage":{"total_tokens":3},"odd":[1,[true,null]]}""".formatted(BASE64)));
        assertThat(result.images()).isEqualTo(2);
        assertThat(result.error()).isEmpty();
        assertThat(document(result)).isEqualTo(mapper.readTree("""
                {"created":7,"data":[{"url":"u","revised_prompt":"r"},{"url":"v"}],"usage":{"total_tokens":3},
                 "odd":[1,[true,null]]}"""));
        assertThat(folder.resolve("files")).isEmptyDirectory();
    }

    @Test
    void aStreamBecomesADocumentWithLinks() throws IOException {
        TaskResults.Result result = ofEvents(": hello\n\nevent: image_edit.partial_image\n"
                + "data: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"" + BASE64 + "\"}\n\n"
                + completed(
                        ",\"size\":\"300x200\",\"usage\":{\"total_tokens\":3,\"input_tokens_details\":{\"text_tokens\":1}}")
                + completed(
                        ",\"size\":\"300x200\",\"usage\":{\"total_tokens\":4,\"input_tokens_details\":{\"text_tokens\":2}}")
                + "data: [DONE]\n\n");
        JsonNode document = document(result);
        assertThat(result.images()).isEqualTo(2);
        assertThat(result.error()).isEmpty();
        assertThat(document.path("size").asText()).isEqualTo("300x200");
        assertThat(document.path("created").asLong()).isPositive();
        assertThat(document.path("usage")).isEqualTo(
                mapper.readTree("{\"total_tokens\":7,\"input_tokens_details\":{\"text_tokens\":3}}"));
        for (JsonNode image : document.path("data")) {
            assertThat(hosted(image)).isEqualTo(IMAGE);
        }
        try (var files = Files.list(folder.resolve("files"))) {
            assertThat(files).as("no partial images").hasSize(2);
        }
    }

    @Test
    void aStreamThatEndedInAnErrorTellsIt() throws IOException {
        TaskResults.Result result = ofEvents(completed("") + "event: error\n"
                + "data: {\"error\":{\"message\":\"no more\",\"type\":\"upstream_error\",\"code\":\"x\"}}\n\n");
        assertThat(result.images()).isEqualTo(1);
        assertThat(mapper.readTree(result.error().orElseThrow())).isEqualTo(mapper.readTree(
                "{\"error\":{\"message\":\"no more\",\"type\":\"upstream_error\",\"param\":null,\"code\":\"x\"}}"));
        assertThat(ofEvents("data: {\"type\":\"error\",\"message\":\"bad\"}").error().orElseThrow()).contains("bad");
        assertThat(ofEvents("data: {\"type\":\"error\",\"message\":\"bad\"}").document()).isEmpty();
    }
}
