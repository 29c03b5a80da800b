package dev.retouch.client;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.model.ImageBackground;
import dev.retouch.client.model.ImageEditJson;
import dev.retouch.client.model.ImagesResponse;
import dev.retouch.client.model.ImagesResponse.QualityEnum;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/** Images by URL go as JSON, and answers may know more than this client. */
class EditJsonTest {

    private final RecordingGateway gateway;
    private final RetouchClient retouch;

    EditJsonTest() throws IOException {
        this.gateway = new RecordingGateway();
        this.retouch = RetouchClient.at(gateway.url() + "/v1/").withKey(RecordingGateway.KEY);
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void onlyWhatWasSetIsSent() {
        gateway.repliesJson("{\"created\":1,\"data\":[]}");
        retouch.edit(ImageEdit.ofUrls("https://example.org/a.png", "data:image/png;base64,AAAA")
                .maskUrl("https://example.org/mask.png").prompt("玫瑰").background(ImageBackground.OPAQUE).n(2));

        assertThat(gateway.only().body()).isEqualTo("{\"images\":[{\"image_url\":\"https://example.org/a.png\"},"
                + "{\"image_url\":\"data:image/png;base64,AAAA\"}],"
                + "\"mask\":{\"image_url\":\"https://example.org/mask.png\"},"
                + "\"prompt\":\"玫瑰\",\"background\":\"opaque\",\"n\":2}");
        assertThat(gateway.only().path()).isEqualTo("/v1/images/edits");
        assertThat(gateway.only().header("content-type")).isEqualTo("application/json");
        assertThat(gateway.only().header("authorization")).isEqualTo("Bearer " + RecordingGateway.KEY);
    }

    @Test
    void theGeneratedMethodSendsNoDefaultsEither() throws ApiException {
        gateway.repliesJson("{\"created\":1,\"data\":[]}");
        retouch.images().createImageEditWithJson(new ImageEditJson().prompt("p").addImageItem("AAAA"), null, null,
                null);

        assertThat(gateway.only().body()).isEqualTo("{\"image\":[\"AAAA\"],\"prompt\":\"p\"}");
    }

    @Test
    void parametersFromTheFutureCanBeSent() {
        gateway.repliesJson("{\"created\":1,\"data\":[]}");
        retouch.edit(ImageEdit.ofUrls("https://example.org/a.png").parameter("quality", "ultra"));

        assertThat(gateway.only().body()).contains("\"quality\":\"ultra\"");
    }

    @Test
    void answersFromTheFutureAreUnderstood() {
        gateway.repliesJson("{\"created\":1,\"quality\":\"ultra\",\"layers\":{\"a\":[1]},"
                + "\"data\":[{\"url\":\"https://example.org/x.png\",\"depth\":8}]}");
        ImagesResponse answer = retouch.edit(ImageEdit.ofUrls("https://example.org/a.png").prompt("p"));

        assertThat(answer.getQuality()).isEqualTo(QualityEnum.UNKNOWN_DEFAULT_OPEN_API);
        assertThat(answer.getData()).hasSize(1);
    }

    @Test
    void base64LongerThanJacksonTakesByItself() throws ApiException {
        String base64 = "A".repeat(21_000_000);
        String body = "{\"created\":1,\"data\":[{\"b64_json\":\"" + base64 + "\"}]}";
        gateway.repliesJson(body).repliesJson(body);
        ImageEdit edit = ImageEdit.ofUrls("https://example.org/a.png");

        assertThat(retouch.edit(edit).getData().get(0).getB64Json()).hasSameSizeAs(base64);
        assertThat(
                retouch.images().createImageEditWithJson(new ImageEditJson().prompt("p"), null, null, null).getData()
                        .get(0)
                        .getB64Json())
                .hasSameSizeAs(base64);
    }

    @Test
    void filesAndUrlsAreNotMixed() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageEdit.ofUrls("https://example.org/a.png").mask(Path.of("m.png")));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageEdit.of(Path.of("a.png")).maskUrl("https://example.org/m.png"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ImageEdit.of(Path.of("a.png")).parameter("stream", true));
    }
}
