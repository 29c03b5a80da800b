package dev.retouch.server.retention;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.key.NewGroup;
import dev.retouch.server.retention.RetainedRepository.Found;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
class ContentRecorderTest {

    private static final RetentionPolicy CONTENT = new RetentionPolicy(RetainMode.CONTENT, 7);
    private static final String PROMPT = "a very private balloon";

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
    private final ManualClock clock = ManualClock.atSomeTime();
    private final RetainedRepository repository;
    private final Path folder;
    private final Optional<ContentCipher> cipher;

    ContentRecorderTest(@TempDir Path folder) {
        Database database = stored.open();
        this.folder = folder;
        this.repository = new RetainedRepository(database, clock);
        this.cipher = Optional.of(ContentCipher.ofDataDirectory(folder));
        new Administration(new KeyRepository(database), clock, _ -> true, _ -> true, new BudgetAccounts(clock),
                new Administration.Retention(true, repository::enforce))
                .createGroup(new NewGroup("team", new GroupChange(null, null, null, null, null, null, null, null, null,
                        null, null, RetainMode.CONTENT, 7)));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    /** Keeps an edit with these inputs and a result; closing the recorder writes what waits. */
    private void keep(String edit, RetentionPolicy policy, Optional<ContentCipher> key, byte[]... inputs) {
        try (ContentRecorder recorder = new ContentRecorder(repository, key, clock);
                ImageBytes result = ImageBytes.of(Pictures.png(40, 30))) {
            List<ImageBytes> images = List.of(inputs).stream().map(ImageBytes::of).toList();
            RetainedEdit running = recorder.begin(edit, "team", policy, PROMPT, images);
            images.forEach(ImageBytes::close); // the edit may end before the thumbnails are made
            running.result(result);
            recorder.ended(edit, "team", clock.instant(), "{}");
        }
    }

    private RetainedRecord record(String edit, Optional<ContentCipher> key) {
        return new RetainedReader(repository, key).record(edit).orElseThrow();
    }

    @Test
    void encryptsPromptAndThumbnails() throws IOException {
        assertThat(folder.resolve(ContentCipher.FILE)).as("the key before its first use").doesNotExist();
        keep("req_1", CONTENT, cipher, Pictures.jpeg(900, 600), "no image".getBytes(StandardCharsets.US_ASCII));
        RetainedRecord record = record("req_1", cipher);
        assertThat(record.prompt()).contains(PROMPT);
        assertThat(record.thumbnails()).containsExactly("input-1", "result-1");
        assertThat(record.run()).contains("{}");
        assertThat(record.unreadable()).isFalse();
        assertThat(new RetainedReader(repository, cipher).thumbnail("req_1", "prompt")).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(ContentCipher.FILE))))
                .isEqualTo("rw-------");
        for (Found piece : repository.pieces("req_1")) {
            if (piece.content()) {
                assertThat(new String(piece.body(), StandardCharsets.ISO_8859_1)).doesNotContain("private", "JFIF");
            }
        }
    }

    @Test
    void readsNothingWithAnotherKeyOrUnderAnotherEdit(@TempDir Path other) {
        keep("req_1", CONTENT, cipher);
        RetainedRecord record = record("req_1", Optional.of(ContentCipher.ofDataDirectory(other)));
        assertThat(record.unreadable()).isTrue();
        assertThat(record.prompt()).isEmpty();
        assertThat(record.thumbnails()).isEmpty();
        assertThat(other).as("reading makes no key").isEmptyDirectory();
        Found prompt = repository.piece("req_1", "prompt").orElseThrow();
        ContentCipher own = cipher.orElseThrow();
        assertThat(own.open("req_1", "prompt", prompt.body())).isPresent();
        assertThat(own.open("req_2", "prompt", prompt.body())).isEmpty();
        assertThat(own.open("req_1", "input-1", prompt.body())).isEmpty();
        prompt.body()[prompt.body().length - 1] ^= 1;
        assertThat(own.open("req_1", "prompt", prompt.body())).isEmpty();
        assertThat(own.open("req_1", "prompt", new byte[0])).isEmpty();
    }

    @Test
    void keepsNoContentWithoutPolicyOrKey() {
        keep("req_1", RetentionPolicy.NONE, cipher, Pictures.png(8, 8));
        keep("req_2", CONTENT, Optional.empty(), Pictures.png(8, 8));
        assertThat(repository.pieces("req_1")).extracting(Found::name).containsExactly("run");
        assertThat(repository.pieces("req_2")).extracting(Found::name).containsExactly("run");
    }

    /** What does not fit in the queue is dropped; nothing waits and nothing stays open. */
    @Test
    void dropsImagesBeyondItsBound() {
        try (ContentRecorder recorder = new ContentRecorder(repository, cipher, clock)) {
            for (int i = 0; i < 300; i++) {
                try (ImageBytes image = ImageBytes.of(Pictures.png(600, 600))) {
                    recorder.begin("req_" + i, "team", CONTENT, PROMPT, List.of(image));
                }
            }
        }
        assertThat(repository.pieces("req_0")).extracting(Found::name).contains("prompt", "input-1");
    }

    @Test
    void namedKeyFileMustHoldKey() throws IOException {
        Path file = folder.resolve("fleet.key");
        assertThatThrownBy(() -> ContentCipher.ofFile(file)).isInstanceOf(IOException.class)
                .hasMessageContaining("openssl rand -base64 32");
        Files.writeString(file, "short\n");
        assertThatThrownBy(() -> ContentCipher.ofFile(file)).isInstanceOf(IOException.class)
                .hasMessageContaining("base64 of 32 bytes").hasMessageNotContaining("short");
    }
}
