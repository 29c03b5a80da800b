package dev.retouch.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import com.openai.models.images.ImagesResponse;
import com.openai.models.models.Model;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/** The official Java client works when its base URL points here. */
@ExtendWith(Gateways.class)
class OpenAiJavaTest {

    private final Endpoint gateway;
    private final OpenAIClient client;
    private final Path input;
    private final Path mask;

    OpenAiJavaTest(Endpoint gateway, @TempDir Path folder) throws IOException {
        this.gateway = gateway;
        this.client = client(gateway.key());
        this.input = Files.write(folder.resolve("input.png"), Contract.example("input.png"));
        this.mask = Files.write(folder.resolve("mask.png"), Contract.example("mask.png"));
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void editsOneImage() {
        ImagesResponse answer = client.images().edit(ImageEditParams.builder().model("gpt-image-2").image(input)
                .prompt("a red balloon").size(ImageEditParams.Size._1024X1024).build());

        assertThat(pictures(answer)).singleElement().satisfies(picture -> {
            assertThat(picture.width()).isEqualTo(1024);
            assertThat(picture.height()).isEqualTo(1024);
        });
        assertThat(answer.usage().orElseThrow().totalTokens()).isPositive();
        assertThat(answer.isValid()).isTrue();
    }

    @Test
    void editsTwoImagesWithAMask() {
        ImagesResponse answer = client.images()
                .edit(ImageEditParams.builder().model("gpt-image-1").imageOfInputStreams(List.of(
                        new ByteArrayInputStream(Contract.example("input.png")),
                        new ByteArrayInputStream(Contract.example("second.jpg")))).mask(mask)
                        .prompt("在图片中添加一朵红色的玫瑰花").n(2).size(ImageEditParams.Size._1024X1024)
                        .inputFidelity(ImageEditParams.InputFidelity.HIGH).build());
        assertThat(pictures(answer)).hasSize(2);
    }

    @Test
    void getsLinksForDallE() {
        ImagesResponse answer = client.images()
                .edit(ImageEditParams.builder().model("dall-e-2").image(input).mask(mask).prompt("a bowl of oranges")
                        .build());
        assertThat(answer.data().orElseThrow()).singleElement()
                .satisfies(image -> assertThat(image.url().orElseThrow()).startsWith(gateway.baseUrl() + "/files/"));
    }

    @Test
    void streams() {
        List<ImageEditStreamEvent> events = new ArrayList<>();
        try (StreamResponse<ImageEditStreamEvent> stream = client.images().editStreaming(ImageEditParams.builder()
                .model("gpt-image-2").image(input).prompt("a red balloon").partialImages(2).build())) {
            stream.stream().forEach(events::add);
        }
        assertThat(events).hasSize(3);
        assertThat(events.subList(0, 2)).allMatch(ImageEditStreamEvent::isPartialImage);
        assertThat(Picture.of(Base64.getDecoder().decode(events.getLast().asCompleted().b64Json())).width())
                .isPositive();
    }

    @Test
    void listsAndRetrievesModels() {
        assertThat(client.models().list().data()).extracting(Model::id).contains("gpt-image-2", "gpt-image-1",
                "dall-e-2");
        assertThat(client.models().retrieve("gpt-image-2").id()).isEqualTo("gpt-image-2");
    }

    @Test
    void getsItsOwnExceptions() {
        OpenAIClient stranger = client("sk-wrong");
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> stranger.images().edit(edit("gpt-image-2").build()))
                .satisfies(e -> assertThat(e.code()).contains("invalid_api_key"));
        stranger.close();
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.images().edit(edit("gpt-image-9").build()))
                .satisfies(e -> assertThat(e.code()).contains("model_not_found"))
                .satisfies(e -> assertThat(e.param()).contains("model"));
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.images().edit(edit("gpt-image-2").n(11).build()))
                .withMessageContaining("Expected a value <= 10, but got 11 instead.")
                .satisfies(e -> assertThat(e.headers().values("x-request-id")).isNotEmpty());
    }

    /** A file is read once, so each edit needs a new one of these. */
    private ImageEditParams.Builder edit(String model) {
        return ImageEditParams.builder().image(input).prompt("p").model(model);
    }

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder().baseUrl(gateway.baseUrl() + "/v1").apiKey(key).maxRetries(0).build();
    }

    private static List<Picture> pictures(ImagesResponse answer) {
        return answer.data().orElseThrow().stream()
                .map(image -> Picture.of(Base64.getDecoder().decode(image.b64Json().orElseThrow()))).toList();
    }
}
