package dev.retouch.mock;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.mock.Caller.Reply;
import dev.retouch.mock.journal.JournalEntry;
import dev.retouch.mock.journal.Outcome;

import static org.assertj.core.api.Assertions.assertThat;

@Tag("slow")
class JournalTest {

    private static final String CHINESE = "在图片中添加一朵红色的玫瑰花";

    @TempDir
    private Path folder = Path.of("");

    private MockUpstream start(MockOptions options) {
        return MockUpstream.start(options.withFolder(folder));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> walk = Files.walk(folder)) {
            return walk.filter(Files::isRegularFile).toList();
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    @Test
    void aFormIsRememberedPartByPartAndItsFilesAreGone() throws Exception {
        byte[] png = TestImages.photoPng(64, 64);
        try (MockUpstream mock = start(MockOptions.defaults()); Caller caller = new Caller(mock)) {
            caller.edit(new Form().field("prompt", CHINESE).file("image", "玫瑰.png", "application/octet-stream", png)
                    .field("n", "2"));

            assertThat(files()).isEmpty();
            JournalEntry entry = mock.journal().last().orElseThrow();
            assertThat(entry.form()).extracting(JournalEntry.Part::name).containsExactly("prompt", "image", "n");
            assertThat(entry.field("prompt")).contains(CHINESE);
            JournalEntry.Part image = entry.parts("image").getFirst();
            assertThat(image.filename()).contains("玫瑰.png");
            assertThat(image.contentType()).contains("application/octet-stream");
            assertThat(image.size()).isEqualTo(png.length);
            assertThat(image.sha256()).isEqualTo(sha256(png));
            assertThat(image.text()).isEmpty();
            assertThat(entry.status()).isEqualTo(200);
            assertThat(entry.outcome()).isEqualTo(Outcome.ANSWERED);
            assertThat(entry.header("authorization")).contains("…abcd");
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void thePageShowsTheSame() throws Exception {
        try (MockUpstream mock = start(MockOptions.defaults()); Caller caller = new Caller(mock)) {
            caller.edit(new Form().field("prompt", CHINESE).file("image", "a.png", "image/png",
                    TestImages.photoPng(64, 64)), "x-mock-scenario", "delay; ms=1");

            Reply page = caller.get("/mock/journal");

            assertThat(new String(page.raw().body(), StandardCharsets.UTF_8)).doesNotContain("sk-test");
            JsonNode entry = page.json().at("/entries/0");
            assertThat(entry.path("sequence").asInt()).isEqualTo(1);
            assertThat(entry.path("path").asText()).isEqualTo("/v1/images/edits");
            assertThat(entry.at("/form/0/text").asText()).isEqualTo(CHINESE);
            assertThat(entry.at("/form/1/content_type").asText()).isEqualTo("image/png");
            assertThat(entry.at("/scenarios/0").asText()).isEqualTo("delay; ms=1");
            assertThat(entry.path("outcome").asText()).isEqualTo("answered");
            assertThat(page.json().path("requests_in_flight").asInt()).isZero();
            assertThat(caller.delete("/mock/journal").json().path("entries")).isEmpty();
        }
    }

    @Test
    void dataUrlsInJsonAreShownByTheirDigest() throws Exception {
        byte[] png = TestImages.photoPng(64, 64);
        try (MockUpstream mock = start(MockOptions.defaults()); Caller caller = new Caller(mock)) {
            caller.postJson("/v1/images/edits", "{\"prompt\":\"" + CHINESE
                    + "\",\"images\":[{\"image_url\":\"data:image/png;base64,"
                    + Base64.getEncoder().encodeToString(png) + "\"}]}");

            assertThat(files()).isEmpty();
            JsonNode json = caller.get("/mock/journal").json().at("/entries/0/json");
            assertThat(json.path("prompt").asText()).isEqualTo(CHINESE);
            assertThat(json.at("/images/0/image_url").asText())
                    .isEqualTo("data:image/png;base64,(" + png.length + " bytes, sha256 " + sha256(png) + ")");
        }
    }

    @Test
    void bodiesAreKeptOnlyWhenAskedForAndOnlySoMany() throws Exception {
        byte[] png = TestImages.photoPng(64, 64);
        try (MockUpstream mock = start(MockOptions.defaults().withKeptBodyBytes(png.length + 100));
                Caller caller = new Caller(mock)) {
            caller.edit(Form.edit(png));
            assertThat(caller.get("/mock/journal/1/parts/1").raw().body()).isEqualTo(png);

            caller.edit(Form.edit(png));
            assertThat(caller.get("/mock/journal/1/parts/1").status()).isEqualTo(404);
            assertThat(caller.get("/mock/journal/2/parts/1").raw().body()).isEqualTo(png);
        }
        try (MockUpstream mock = start(MockOptions.defaults()); Caller caller = new Caller(mock)) {
            caller.edit(Form.edit(png));
            assertThat(caller.get("/mock/journal/1/parts/1").code()).isEqualTo("not_kept");
        }
    }

    @Test
    void onlyTheLastAreRemembered() throws Exception {
        try (MockUpstream mock = start(MockOptions.defaults().withJournalEntries(2));
                Caller caller = new Caller(mock)) {
            for (int i = 0; i < 5; i++) {
                caller.get("/v1/models");
            }
            assertThat(mock.journal().entries()).extracting(JournalEntry::sequence).containsExactly(4L, 5L);
            assertThat(mock.journal().dropped()).isEqualTo(3);
        }
    }

    @Test
    void thePeakOfConcurrentEditsIsCounted() throws Exception {
        byte[] png = TestImages.photoPng(64, 64);
        try (MockUpstream mock = start(MockOptions.defaults()); Caller caller = new Caller(mock)) {
            List<CompletableFuture<Integer>> edits = IntStream.range(0, 3).mapToObj(_ -> caller.http()
                    .sendAsync(caller.editRequest(Form.edit(png), "x-mock-scenario", "delay; ms=700"),
                            java.net.http.HttpResponse.BodyHandlers.discarding())
                    .thenApply(java.net.http.HttpResponse::statusCode)).toList();

            assertThat(edits).allSatisfy(edit -> assertThat(edit.join()).isEqualTo(200));
            assertThat(mock.journal().peakEdits()).isEqualTo(3);
            assertThat(mock.journal().inFlight()).isZero();
        }
    }

    @Test
    void anUploadThatBreaksOffLeavesNoFiles() throws Exception {
        try (MockUpstream mock = start(MockOptions.defaults())) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), mock.port());
                    InputStream in = socket.getInputStream()) {
                socket.getOutputStream().write(("POST /v1/images/edits HTTP/1.1\r\nHost: x\r\n"
                        + "Authorization: Bearer k\r\nContent-Type: multipart/form-data; boundary=b\r\n"
                        + "Content-Length: 100000\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"image\"; "
                        + "filename=\"a\"\r\n\r\n" + "x".repeat(50_000)).getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                assertThat(answer).startsWith("HTTP/1.1 400").contains("{\"error\":{");
            }
            assertThat(files()).isEmpty();
            assertThat(mock.journal().last().orElseThrow().status()).isEqualTo(400);
        }
    }
}
