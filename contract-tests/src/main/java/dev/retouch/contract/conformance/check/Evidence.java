package dev.retouch.contract.conformance.check;

import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.contract.conformance.wire.Answer;
import dev.retouch.contract.conformance.wire.NoAnswerException;
import dev.retouch.contract.conformance.wire.StreamEvent;
import dev.retouch.contract.harness.Picture;

/** A response and the resources it refers to. Images are decoded, and links followed, lazily and only once. */
public final class Evidence {

    private static final int OK = 200;
    private static final int MAX_IMAGES = 40;

    private final Answer answer;
    private final Instant received;
    private final Links links;
    private @Nullable List<Returned> images;
    private @Nullable List<StreamEvent> events;

    /** Follows links. */
    @FunctionalInterface
    public interface Links {
        Answer fetch(URI link) throws NoAnswerException, InterruptedException;
    }

    public Evidence(Answer answer, Instant received, Links links) {
        this.answer = answer;
        this.received = received;
        this.links = links;
    }

    public Answer answer() {
        return answer;
    }

    /** When the answer was there. */
    public Instant received() {
        return received;
    }

    /** Fetches something without the key. */
    public Answer fetch(URI link) throws NoAnswerException, InterruptedException {
        return links.fetch(link);
    }

    /** Whether the answer says that it is a stream of events. */
    public boolean isStream() {
        return answer.type().equals("text/event-stream");
    }

    /** Its events but for end marks, none where it is no stream. */
    public List<StreamEvent> events() {
        if (events == null) {
            events = isStream()
                    ? StreamEvent.all(answer.text()).stream().filter(event -> !event.isEndMark()).toList()
                    : List.of();
        }
        return events;
    }

    /** The images of the document, or the images in the events, in their order. */
    public List<Returned> images() throws InterruptedException {
        if (images == null) {
            List<Returned> found = new ArrayList<>();
            if (isStream()) {
                for (StreamEvent event : events()) {
                    Optional<JsonNode> data = event.json().filter(json -> json.path("b64_json").isTextual());
                    if (data.isPresent()) {
                        found.add(returned("event " + (found.size() + 1) + ", " + event.name(), data.get()));
                    }
                }
            } else {
                for (JsonNode each : answer.json().map(json -> json.path("data")).filter(JsonNode::isArray).stream()
                        .flatMap(data -> java.util.stream.StreamSupport.stream(data.spliterator(), false))
                        .filter(each -> each.has("b64_json") || each.has("url")).limit(MAX_IMAGES).toList()) {
                    found.add(returned("/data/" + found.size(), each));
                }
            }
            images = List.copyOf(found);
        }
        return images;
    }

    private Returned returned(String place, JsonNode image) throws InterruptedException {
        Optional<String> url = Optional.of(image.path("url")).filter(JsonNode::isTextual).map(JsonNode::asText);
        boolean base64 = image.path("b64_json").isTextual();
        Optional<Answer> behind = Optional.empty();
        try {
            if (url.isPresent()) {
                behind = Optional.of(fetch(URI.create(url.get())));
            }
            byte[] file = base64 ? Base64.getDecoder().decode(image.path("b64_json").asText()) : whole(behind);
            return new Returned(place, base64, url, behind, Optional.of(file), Optional.of(Picture.of(file)),
                    Optional.empty());
        } catch (NoAnswerException e) {
            return new Returned(place, base64, url, behind, Optional.empty(), Optional.empty(),
                    Optional.of("a link to nothing: " + e.getMessage()));
        } catch (UncheckedIOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            // decoders fail in many ways on what is no picture
            return new Returned(place, base64, url, behind, Optional.empty(), Optional.empty(),
                    Optional.of("no picture: " + e.getMessage()));
        }
    }

    private static byte[] whole(Optional<Answer> behind) {
        Answer file = behind.orElseThrow(() -> new IllegalArgumentException("neither base64 nor a link"));
        if (file.status() != OK) {
            throw new IllegalArgumentException("its link answers " + file.status());
        }
        return file.body();
    }
}
