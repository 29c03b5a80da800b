package dev.retouch.contract.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.images.ImageEditParams;
import com.openai.models.images.ImageEditStreamEvent;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.model.ImageEditStreamEvent.TypeEnum;
import dev.retouch.client.model.ImageQuality;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario.Delay;

import static org.assertj.core.api.Assertions.assertThat;

/** The clients that people use read past the comments that keep a silent stream alive, before its first event and between them. */
@TestInstance(Lifecycle.PER_CLASS)
class CommentedStreamTest {

    private static final Duration SILENCE = Duration.ofMillis(100);

    private final RunningGateway gateway;
    private final Endpoint caller;
    private final Path image;

    CommentedStreamTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_STREAMING_KEEP_ALIVE", SILENCE.toMillis() + "ms"));
        caller = gateway.endpoint();
        image = Files.write(folder.resolve("image.png"), Fixtures.image());
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @BeforeEach
    void silence() {
        gateway.sandbox().scenarios().clear();
        gateway.sandbox().scenarios().always(new Delay(SILENCE.multipliedBy(5), SILENCE.multipliedBy(4)));
    }

    /** Otherwise the other tests would try nothing. */
    @Test
    void thereAreCommentsBeforeAndBetweenTheEvents() {
        String text = caller.edit(Form.empty().text("prompt", "a red balloon").text("stream", "true")
                .text("partial_images", "1").text("quality", "low").file("image", "image.png", "image/png",
                        Fixtures.image()))
                .text();
        assertThat(text).startsWith(":").containsPattern("(?s)event: image_edit\\.partial_image\n.*\n\n:.*\n\nevent: ");
    }

    @Test
    void theOfficialJavaClient() {
        List<ImageEditStreamEvent> events = new ArrayList<>();
        OpenAIClient client = OpenAIOkHttpClient.builder().baseUrl(gateway.baseUrl() + "/v1").apiKey(caller.key())
                .maxRetries(0).build();
        try (StreamResponse<ImageEditStreamEvent> stream = client.images().editStreaming(ImageEditParams.builder()
                .model("gpt-image-2").image(image).prompt("a red balloon").quality(ImageEditParams.Quality.LOW)
                .partialImages(2).build())) {
            stream.stream().forEach(events::add);
        } finally {
            client.close();
        }
        assertThat(events).hasSize(3);
        assertThat(events.subList(0, 2)).allMatch(ImageEditStreamEvent::isPartialImage);
        assertThat(events.getLast().isCompleted()).isTrue();
    }

    @Test
    void ourOwnJavaClient() {
        List<TypeEnum> events = new ArrayList<>();
        try (RetouchClient client = RetouchClient.at(gateway.baseUrl().toString()).withKey(caller.key())) {
            client.editStreaming(ImageEdit.of(image).prompt("a red balloon").quality(ImageQuality.LOW).partialImages(2),
                    event -> events.add(event.getType()));
        }
        assertThat(events).containsExactly(TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE, TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE,
                TypeEnum.IMAGE_EDIT_COMPLETED);
    }
}
