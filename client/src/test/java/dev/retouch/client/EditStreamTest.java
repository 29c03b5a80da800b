package dev.retouch.client;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.retouch.client.model.ErrorCode;
import dev.retouch.client.model.ImageEditStreamEvent;
import dev.retouch.client.model.ImageEditStreamEvent.TypeEnum;
import dev.retouch.client.model.ImageUsage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The events of an edit, one by one, and the one way in which they end. */
@Timeout(30)
class EditStreamTest {

    private static final ImageEdit EDIT = ImageEdit.ofUrls("https://example.org/a.png").prompt("p");
    private static final String COMPLETED = "event: image_edit.completed\n"
            + "data: {\"type\":\"image_edit.completed\",\"b64_json\":\"AAAA\",\"usage\":{\"input_tokens\":1,"
            + "\"output_tokens\":2,\"total_tokens\":3}}\n\n";

    private final RecordingGateway gateway;
    private final RetouchClient retouch;

    EditStreamTest() throws IOException {
        this.gateway = new RecordingGateway();
        this.retouch = gateway.client();
    }

    @AfterEach
    void close() {
        retouch.close();
        gateway.close();
    }

    @Test
    void eventsComeInOrderAndCommentsDoNot() {
        gateway.replies(RecordingGateway.events(": keep-alive\n\n", partial(0), ": keep-alive\n\n", partial(1),
                COMPLETED, "data: [DONE]\n\n"));
        List<ImageEditStreamEvent> events = new ArrayList<>();
        retouch.editStreaming(EDIT.partialImages(2), events::add);

        assertThat(events).extracting(ImageEditStreamEvent::getType).containsExactly(TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE,
                TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE, TypeEnum.IMAGE_EDIT_COMPLETED);
        assertThat(events).extracting(ImageEditStreamEvent::getPartialImageIndex).containsExactly(0, 1, null);
        assertThat(events.get(2).getUsage())
                .isEqualTo(new ImageUsage().inputTokens(1L).outputTokens(2L).totalTokens(3L));
        assertThat(gateway.only().header("accept")).isEqualTo("text/event-stream");
        assertThat(gateway.only().body()).endsWith("\"partial_images\":2,\"stream\":true}");
    }

    @Test
    void anEventIsThereBeforeTheNextOneIsSent() {
        CountDownLatch firstSeen = new CountDownLatch(1);
        gateway.replies(exchange -> {
            RecordingGateway.write(exchange, partial(0));
            await(firstSeen);
            exchange.getResponseBody().write(COMPLETED.getBytes(StandardCharsets.UTF_8));
        });
        try (ImageEditStream stream = retouch.editStreaming(EDIT)) {
            Iterator<ImageEditStreamEvent> events = stream.iterator();
            assertThat(events.next().getType()).isEqualTo(TypeEnum.IMAGE_EDIT_PARTIAL_IMAGE);
            firstSeen.countDown();
            assertThat(events.next().getType()).isEqualTo(TypeEnum.IMAGE_EDIT_COMPLETED);
            assertThat(events.hasNext()).isFalse();
        }
    }

    @Test
    void everyImageAskedForIsWaitedFor() {
        gateway.replies(RecordingGateway.events(COMPLETED, COMPLETED));
        List<ImageEditStreamEvent> events = new ArrayList<>();
        retouch.editStreaming(EDIT.n(2), events::add);

        assertThat(events).hasSize(2);
    }

    @Test
    void dataOverSeveralLinesIsOneEvent() {
        gateway.replies(RecordingGateway
                .events("data: {\"type\":\r\ndata:\"image_edit.completed\",\r\ndata: \"b64_json\":\"AAAA\"}\r\n\r\n"));
        List<ImageEditStreamEvent> events = new ArrayList<>();
        retouch.editStreaming(EDIT, events::add);

        assertThat(events).singleElement().extracting(ImageEditStreamEvent::getB64Json).isEqualTo("AAAA");
    }

    @Test
    void eventsFromTheFutureAreHandedOut() {
        gateway.replies(RecordingGateway.events("data: {\"type\":\"image_edit.layer\"}\n\n", COMPLETED));
        List<ImageEditStreamEvent> events = new ArrayList<>();
        retouch.editStreaming(EDIT, events::add);

        assertThat(events).extracting(ImageEditStreamEvent::getType)
                .containsExactly(TypeEnum.UNKNOWN_DEFAULT_OPEN_API, TypeEnum.IMAGE_EDIT_COMPLETED);
    }

    @Test
    void anErrorEndsTheStreamAsAnException() {
        gateway.replies(RecordingGateway.events(partial(0), "event: error\ndata: {\"type\":\"error\",\"error\":"
                + "{\"message\":\"Blocked.\",\"type\":\"image_generation_user_error\",\"param\":\"prompt\","
                + "\"code\":\"moderation_blocked\"}}\n\n", COMPLETED));
        List<ImageEditStreamEvent> events = new ArrayList<>();
        RetouchException error = catchThrowableOfType(RetouchException.class,
                () -> retouch.editStreaming(EDIT, events::add));

        assertThat(events).hasSize(1);
        assertThat(error).hasMessage("Blocked.");
        assertThat(error.status()).isEqualTo(200);
        assertThat(error.code()).contains(ErrorCode.MODERATION_BLOCKED);
        assertThat(error.param()).contains("prompt");
        assertThat(error.requestId()).contains("req_stream");
        assertThat(error.shouldRetry()).isFalse();
    }

    @Test
    void errorsInOtherShapesAreErrorsToo() {
        gateway.replies(RecordingGateway.events("data: {\"error\":{\"message\":\"One.\"}}\n\n"))
                .replies(RecordingGateway.events("data: {\"type\":\"error\",\"message\":\"Two.\"}\n\n"))
                .replies(RecordingGateway.events("event: error\ndata: {\"message\":\"Three.\"}\n\n"));

        for (String message : List.of("One.", "Two.", "Three.")) {
            assertThatThrownBy(() -> retouch.editStreaming(EDIT, event -> {})).isInstanceOf(RetouchException.class)
                    .hasMessage(message);
        }
    }

    @Test
    void streamsThatEndTooEarlyAreReported() {
        gateway.replies(RecordingGateway.eventsCutOff(partial(0), "data: {\"type\":\"image_ed"))
                .replies(RecordingGateway.events(partial(0)))
                .replies(RecordingGateway.events(partial(0), "data: [DONE]\n\n"))
                .replies(RecordingGateway.events("data: {nonsense\n\n"));

        for (String message : List.of("interrupted", "ended after 0 of 1", "ended after 0 of 1", "interrupted")) {
            assertThatThrownBy(() -> retouch.editStreaming(EDIT, event -> {})).isInstanceOf(RetouchException.class)
                    .hasMessageContaining(message).hasMessageContaining("may have run");
        }
    }

    @Test
    void anAnswerThatIsNoStreamIsReported() {
        gateway.repliesJson("{\"created\":1,\"data\":[]}");

        assertThatThrownBy(() -> retouch.editStreaming(EDIT)).isInstanceOf(RetouchException.class)
                .hasMessageContaining("not a stream");
    }

    @Test
    @Timeout(10) // the gateway waits for longer
    void closingEarlyDoesNotWaitForTheRest() {
        CountDownLatch closed = new CountDownLatch(1);
        gateway.replies(exchange -> {
            RecordingGateway.write(exchange, partial(0));
            await(closed);
        });
        ImageEditStream stream = retouch.editStreaming(EDIT);
        stream.iterator().next();
        stream.close();
        closed.countDown();

        assertThatIllegalStateException().isThrownBy(stream::iterator);
    }

    private static String partial(int index) {
        return "event: image_edit.partial_image\ndata: {\"type\":\"image_edit.partial_image\",\"b64_json\":\"AAAA\","
                + "\"partial_image_index\":" + index + "}\n\n";
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("The client did not go on");
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException(stopped);
        }
    }
}
