package dev.retouch.client;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.model.EditedImage;
import dev.retouch.client.model.ErrorCode;
import dev.retouch.client.model.ImageUsage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Edited images end up in files, whole or not at all. */
class SavingTest {

    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3};
    private static final byte[] JPEG = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 4, 5};
    private static final ImageEdit EDIT = ImageEdit.ofUrls("https://example.org/a.png").prompt("p");

    private final RecordingGateway gateway;
    private final RetouchClient retouch;
    private final Path directory;

    SavingTest(@TempDir Path directory) throws IOException {
        this.directory = directory;
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void base64OfAnyLengthIsDecoded() throws IOException {
        for (int length : new int[]{1, 2, 3, 49151, 49152, 49153, 200_000}) {
            byte[] image = new byte[length];
            new Random(length).nextBytes(image);
            Path file = directory.resolve("new/folder/edited.png");
            EditedImage edited = new EditedImage().b64Json(Base64.getEncoder().encodeToString(image));

            assertThat(retouch.save(edited, file)).isEqualTo(file).hasBinaryContent(image);
        }
        assertThat(gateway.received()).isEmpty();
    }

    @Test
    void aLinkIsFetchedWithoutTheKey() throws IOException {
        try (RecordingGateway elsewhere = new RecordingGateway()) {
            elsewhere.replies(200, "image/png", "IMAGE");
            EditedImage edited = new EditedImage().url(URI.create(elsewhere.url() + "/files/x.png?signature=s%2B1"));
            retouch.save(edited, directory.resolve("edited.png"));

            assertThat(directory.resolve("edited.png")).hasContent("IMAGE");
            assertThat(elsewhere.only().path()).isEqualTo("/files/x.png?signature=s%2B1");
            assertThat(elsewhere.only().headers().toString()).doesNotContain(RecordingGateway.KEY);
            assertThat(elsewhere.only().header("authorization")).isEmpty();
        }
    }

    @Test
    void aLinkMayRedirectAndMayBeRelative() {
        gateway.replies(302, "text/plain", "", "Location", "/moved.png").replies(200, "image/png", "IMAGE");
        retouch.save(new EditedImage().url(URI.create("/files/x.png")), directory.resolve("edited.png"));

        assertThat(directory.resolve("edited.png")).hasContent("IMAGE");
        assertThat(gateway.received().get(1).path()).isEqualTo("/moved.png");
    }

    @Test
    void anExpiredLinkLeavesTheOldFileAlone() throws IOException {
        gateway.replies(404, "application/json", "{\"error\":{\"message\":\"This signed URL has expired.\","
                + "\"type\":\"not_found_error\",\"param\":null,\"code\":\"file_not_found\"}}");
        Path file = Files.writeString(directory.resolve("edited.png"), "OLD");
        EditedImage edited = new EditedImage().url(URI.create(gateway.url() + "/files/x.png"));
        RetouchException failure = catchThrowableOfType(RetouchException.class, () -> retouch.save(edited, file));

        assertThat(failure).hasMessage("This signed URL has expired.");
        assertThat(failure.code()).contains(ErrorCode.FILE_NOT_FOUND);
        assertThat(file).hasContent("OLD");
    }

    @Test
    void aDownloadThatBreaksOffLeavesNothing() throws IOException {
        gateway.replies(exchange -> {
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write(PNG);
            exchange.getResponseBody().flush();
        });
        EditedImage edited = new EditedImage().url(URI.create(gateway.url() + "/files/x.png"));

        assertThatThrownBy(() -> retouch.save(edited, directory.resolve("edited.png")))
                .isInstanceOf(RetouchException.class).hasMessageContaining("interrupted");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void brokenBase64LeavesNothing() throws IOException {
        EditedImage edited = new EditedImage().b64Json("!!!!");

        assertThatThrownBy(() -> retouch.save(edited, directory.resolve("edited.png")))
                .isInstanceOf(RetouchException.class).hasMessageContaining("damaged");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void base64WithLineBreaksIsDecoded() throws IOException {
        byte[] image = new byte[100_000];
        new Random(1).nextBytes(image);
        EditedImage edited = new EditedImage().b64Json(Base64.getMimeEncoder().encodeToString(image));

        assertThat(retouch.save(edited, directory.resolve("edited.png"))).hasBinaryContent(image);
    }

    @Test
    void theImagesOfAnAnswerGoStraightIntoFiles() throws IOException {
        gateway.repliesJson("{\"created\":5,\"data\":[{\"url\":\"" + gateway.url() + "/files/y\"},"
                + "{\"revised_prompt\":\"r\",\"b64_json\":\"" + Base64.getEncoder().encodeToString(PNG)
                + "\",\"url\":\"http://127.0.0.1:1/unused\",\"new\":[{}]}],\"size\":\"16x16\","
                + "\"usage\":{\"input_tokens\":1,\"output_tokens\":2,\"total_tokens\":3},\"extra\":{\"data\":[1]}}")
                .replies(exchange -> {
                    exchange.sendResponseHeaders(200, JPEG.length);
                    exchange.getResponseBody().write(JPEG);
                });
        EditedFiles edited = retouch.edit(EDIT, directory);

        assertThat(edited.files()).containsExactly(directory.resolve("req_test-1.jpg"),
                directory.resolve("req_test-2.png"));
        assertThat(edited.files().get(0)).hasBinaryContent(JPEG);
        assertThat(edited.files().get(1)).hasBinaryContent(PNG);
        assertThat(edited.answer().getCreated()).isEqualTo(5);
        assertThat(edited.answer().getSize()).isEqualTo("16x16");
        assertThat(edited.answer().getUsage())
                .isEqualTo(new ImageUsage().inputTokens(1L).outputTokens(2L).totalTokens(3L));
        assertThat(edited.answer().getData().get(1).getRevisedPrompt()).isEqualTo("r");
        assertThat(edited.answer().getData().get(1).getB64Json()).isNull();
    }

    @Test
    void anAnswerThatBreaksOffIsReported() throws IOException {
        gateway.repliesJson("{\"created\":5,\"data\":[{\"b64_json\":\"AAAAAAAA").repliesJson("{\"created\":5}")
                .repliesJson("{\"created\":5,\"data\":[{\"b64_json\":\"!!!!\"}]}").repliesJson("[]")
                .repliesJson("{\"created\":5,\"data\":[{}]}");

        for (int broken = 0; broken < 5; broken++) {
            assertThatThrownBy(() -> retouch.edit(EDIT, directory)).isInstanceOf(RetouchException.class)
                    .hasMessageContaining("could not be saved");
        }
        assertThat(directory).isEmptyDirectory();
    }
}
