package dev.retouch.client;

import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.client.ServerSentEvents.Event;
import dev.retouch.client.model.ImageEditStreamEvent;
import dev.retouch.client.model.ImageEditStreamEvent.TypeEnum;

/**
 * The events of an edit while they arrive: partial images, then the requested number of final images. The stream ends after the
 * last final image, or with a {@link RetouchException} instead of the next event, if the gateway reports an error or the connection
 * is lost.
 */
public final class ImageEditStream implements Iterable<ImageEditStreamEvent>, AutoCloseable {

    private final RawResponse answer;
    private final ServerSentEvents events;
    private final int expectedImages;
    private boolean begun;
    private int finishedImages;

    private ImageEditStream(RawResponse answer, int expectedImages) {
        this.answer = answer;
        this.events = new ServerSentEvents(answer.body());
        this.expectedImages = expectedImages;
    }

    static ImageEditStream of(RawResponse answer, int expectedImages) {
        if (!answer.isStreamOfEvents()) {
            try (answer) {
                throw answer.unusable("The response is not a stream of events", null);
            }
        }
        return new ImageEditStream(answer, expectedImages);
    }

    /** Returns the events. Can be called once. */
    @Override
    public Iterator<ImageEditStreamEvent> iterator() {
        if (begun) {
            throw new IllegalStateException("The events of an edit can be iterated only once");
        }
        begun = true;
        return new Events();
    }

    @Override
    public void close() {
        answer.close();
    }

    private Optional<ImageEditStreamEvent> read() {
        if (finishedImages == expectedImages) {
            return Optional.empty();
        }
        try {
            Optional<Event> next = events.next();
            if (next.isEmpty() || next.get().data().equals("[DONE]")) {
                throw answer.unusable("The stream ended after " + finishedImages + " of " + expectedImages
                        + " images; the edit may have run", null);
            }
            return Optional.of(understood(next.get()));
        } catch (IOException cut) {
            throw answer.unusable("The stream was interrupted, and the edit may have run", cut);
        }
    }

    private ImageEditStreamEvent understood(Event event) throws IOException {
        JsonNode data = answer.json().readTree(event.data());
        if (event.name().equals("error") || data.path("error").isObject()
                || data.path("type").asText().equals(TypeEnum.ERROR.getValue())) {
            throw answer.errorEvent(event.data());
        }
        ImageEditStreamEvent understood = answer.json().treeToValue(data, ImageEditStreamEvent.class);
        if (understood.getType() == TypeEnum.IMAGE_EDIT_COMPLETED) {
            finishedImages++;
        }
        return understood;
    }

    private final class Events implements Iterator<ImageEditStreamEvent> {

        private @Nullable ImageEditStreamEvent next;
        private boolean ended;

        @Override
        public boolean hasNext() {
            if (next == null && !ended) {
                ended = true; // also if reading throws
                next = read().orElse(null);
                ended = next == null;
            }
            return next != null;
        }

        @Override
        public ImageEditStreamEvent next() {
            if (!hasNext() || next == null) {
                throw new NoSuchElementException("The edit has no more events");
            }
            ImageEditStreamEvent event = next;
            next = null;
            return event;
        }
    }
}
