package dev.retouch.server.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.SeverableProxy;
import dev.retouch.server.storage.ObjectStore.Listing;
import dev.retouch.server.storage.ObjectStore.NewObject;
import dev.retouch.server.storage.StorageObserver.Operation;
import dev.retouch.server.storage.StorageObserver.Outcome;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The store against a server that speaks S3 and checks signatures. */
@TestInstance(Lifecycle.PER_CLASS)
@Tag("slow")
class S3StoreTest {

    /** The smallest part that S3 accepts. */
    private static final long PART = 5L << 20;

    private TestStore server;
    private S3Store store;
    private final List<String> requests = new ArrayList<>();

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    void startServer() throws Exception {
        server = TestStore.start();
    }

    @AfterAll
    void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        requests.clear();
        store = store(server.settings());
    }

    private S3Store store(S3Settings settings) throws IOException {
        return new S3Store(settings, (operation, outcome, _) -> requests.add(operation + " " + outcome), PART);
    }

    @AfterEach
    void close() {
        store.close();
        server.blobs().clearContainer(TestStore.BUCKET);
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(Files.createTempFile(folder, "object", ""), content);
    }

    private void put(String name, byte[] content) throws IOException {
        store.put(new NewObject(name, "image/png", file(content), true));
    }

    private byte[] read(String name, long start, long length) throws IOException {
        try (InputStream in = store.open(name, start, length)) {
            return in.readNBytes((int) length);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void storesFileAndReadsRanges() throws IOException {
        Path file = file(bytes("0123456789"));
        store.put(new NewObject("files/0/a.png", "image/png", file, true));

        assertThat(file).doesNotExist();
        assertThat(store.size("files/0/a.png")).hasValue(10);
        assertThat(read("files/0/a.png", 0, 10)).isEqualTo(bytes("0123456789"));
        assertThat(read("files/0/a.png", 3, 4)).isEqualTo(bytes("3456"));
        assertThat(server.blobs().blobExists(TestStore.BUCKET, "team/files/0/a.png")).isTrue();
        assertThat(requests).containsExactly("PUT OK", "HEAD OK", "GET OK", "GET OK");
    }

    @Test
    void storesEmptyFile() throws IOException {
        put("answers/empty", new byte[0]);
        assertThat(store.size("answers/empty")).hasValue(0);
        assertThat(read("answers/empty", 0, 0)).isEmpty();
    }

    @Test
    void storesLargeFileInParts() throws IOException {
        byte[] content = random((int) (2 * PART + 77));
        put("files/0/large.png", content);

        assertThat(store.size("files/0/large.png")).hasValue(content.length);
        assertThat(read("files/0/large.png", 0, content.length)).isEqualTo(content);
        assertThat(requests.subList(0, 5)).as("the start, three parts, the end").containsOnly("PUT OK");
        assertThat(server.blobs().listMultipartUploads(TestStore.BUCKET)).isEmpty();
    }

    @Test
    void missingObjectIsNoFailureOfTheStore() throws IOException {
        assertThat(store.size("files/0/none.png")).isEmpty();
        assertThatThrownBy(() -> store.open("files/0/none.png", 0, 5)).isInstanceOf(NoSuchFileException.class);
        assertThat(requests).containsExactly("HEAD MISSING", "GET MISSING");
    }

    @Test
    void listsOneLevelAndRemovesFolders() throws IOException {
        for (String name : List.of("tasks/a/image-0", "tasks/a/mask", "tasks/b/image-0", "tasks/loose")) {
            put(name, bytes("x"));
        }
        Listing listing = store.list("tasks");
        assertThat(listing.folders()).containsExactly("a", "b");
        assertThat(listing.files()).extracting(Listing.Entry::name).containsExactly("tasks/loose");
        assertThat(listing.files().getFirst().modified()).isBetween(Instant.now().minusSeconds(600),
                Instant.now().plusSeconds(600));

        store.removeFolder("tasks/a");
        store.removeFolder("tasks/none");
        assertThat(store.list("tasks").folders()).containsExactly("b");
        assertThat(store.size("tasks/a/mask")).isEmpty();
    }

    @Test
    void allInstancesHaveTheSameSecret() throws IOException {
        String first = store.secret("link.secret", () -> "created-first");
        S3Store other = store(server.settings());
        assertThat(other.secret("link.secret", () -> "created-second")).isEqualTo(first).isEqualTo("created-first");
        other.close();
    }

    @Test
    void linkLeadsToTheObjectAndIsSigned() throws Exception {
        put("files/0/a.png", bytes("content"));
        URI link = store.link("files/0/a.png", Duration.ofMinutes(5)).orElseThrow();

        HttpResponse<String> found = fetch(link);
        assertThat(found.statusCode()).isEqualTo(200);
        assertThat(found.body()).isEqualTo("content");
        assertThat(found.headers().firstValue("content-type")).hasValue("image/png");
        assertThat(fetch(URI.create(link.toString().replace("a.png", "b.png"))).statusCode()).isEqualTo(403);
        assertThat(fetch(URI.create(link.toString().replaceAll("\\?.*", ""))).statusCode()).isEqualTo(403);
    }

    private static HttpResponse<String> fetch(URI link) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(link).build(), BodyHandlers.ofString());
        }
    }

    @Test
    void bucketIsInTheHostNameUnlessThePathHasIt() throws IOException {
        S3Settings path = server.settings();
        S3Settings host = new S3Settings("images", "", URI.create("https://objects.example.com"), "eu-central-1", false,
                true, path.connectTimeout(), path.timeout());
        try (S3Store named = store(host)) {
            assertThat(named.link("files/a.png", Duration.ofDays(30)).orElseThrow()).hasHost(
                    "images.objects.example.com").hasPath("/files/a.png").hasParameter("X-Amz-Expires", "604800");
        }
        assertThat(store.link("files/a.png", Duration.ofHours(1)).orElseThrow()).hasHost("127.0.0.1")
                .hasPath("/images/team/files/a.png").hasParameter("X-Amz-Expires", "3600");
    }

    @Test
    void wrongBucketIsAFailureOfTheStore() throws IOException {
        S3Settings known = server.settings();
        try (S3Store wrong = store(new S3Settings("none", "", known.endpoint(), known.region(), true, false,
                known.connectTimeout(), known.timeout()))) {
            assertThatThrownBy(() -> wrong.put(new NewObject("a", "text/plain", file(bytes("x")), true)))
                    .isInstanceOf(StorageException.class).hasMessageContaining("bucket does not exist");
            assertThat(wrong.isAvailable()).isFalse();
        }
    }

    /** The next probe notices that the server is unavailable, or available again; in between the circuit breaker rejects requests. */
    @Test
    void refusesWorkWhileTheServerIsAway() throws Exception {
        try (SeverableProxy proxy = new SeverableProxy(server.port());
                S3Store away = store(TestStore.settings(proxy.port()))) {
            away.requireAvailable();
            proxy.cut();
            Path file = file(bytes("x"));
            assertThatThrownBy(() -> away.put(new NewObject("a", "text/plain", file, true)))
                    .isInstanceOf(StorageException.class);
            assertThat(file).as("the caller decides about it").exists();
            assertThat(away.isAvailable()).isFalse();
            assertThat(Failures.of(away::requireAvailable).message())
                    .isEqualTo(ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE);
            for (int i = 0; !requests.contains(Operation.GET + " " + Outcome.REJECTED); i++) {
                assertThat(i).as(requests.toString()).isLessThan(20);
                assertThatThrownBy(() -> away.open("a", 0, 1)).isInstanceOf(StorageException.class);
            }
            proxy.mend();
            Eventually.so("the store is available again", () -> {
                away.probe();
                return away.isAvailable();
            });
            away.requireAvailable();
            away.put(new NewObject("a", "text/plain", file, true));
            assertThat(away.size("a")).hasValue(1);
        }
    }
}
