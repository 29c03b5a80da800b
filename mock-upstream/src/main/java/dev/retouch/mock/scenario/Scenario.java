package dev.retouch.mock.scenario;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** One thing that goes wrong, or merely differently, on demand. What each is called on the wire: {@link ScenarioNames}. */
public sealed interface Scenario {

    /** Wait before the status line, and between the events of a stream. */
    record Delay(Duration beforeAnswer, Duration betweenEvents) implements Scenario {}

    /** Answer this instead of what was asked. An empty body means the usual error envelope. */
    record Status(int code, Optional<String> body, String contentType, Map<String, String> headers)
            implements
                Scenario {
        public Status {
            headers = Map.copyOf(headers);
        }
    }

    /** End the connection with a TCP reset once the request was read, before a byte of the answer. */
    record Reset() implements Scenario {}

    /** Declare the whole length, send only this many bytes (half of them when empty), close. */
    record Truncate(OptionalLong afterBytes) implements Scenario {}

    /** Send an event that is not JSON in place of the event with this index, then end the stream as if all were well. */
    record MalformedSse(int atEvent) implements Scenario {}

    /** Break the connection after this many whole events. */
    record CutStream(int afterEvents) implements Scenario {}

    /** Leave the usage out. */
    record MissingUsage() implements Scenario {}

    /** Deliver this many images fewer than were asked for, but at least none. */
    record FewerImages(int missing) implements Scenario {}

    /** Pad the JSON answer with this many megabytes of harmless base64. */
    record LargeAnswer(int megabytes) implements Scenario {}

    /**
     * Flag what a moderation is asked about: everything, or only what contains these words, or only the image with this SHA-256,
     * under a category.
     */
    record Flag(Optional<String> containing, Optional<String> imageSha256, String category) implements Scenario {}

    /** A delay before the answer only. */
    static Scenario delay(Duration beforeAnswer) {
        return new Delay(beforeAnswer, Duration.ZERO);
    }

    /** A status with the usual error envelope. */
    static Scenario status(int code) {
        return new Status(code, Optional.empty(), "application/json", Map.of());
    }

    /** 429 as a provider says it when the rate is exceeded. */
    static Scenario rateLimit(int retryAfterSeconds) {
        return new Status(429, Optional.empty(), "application/json",
                Map.of("retry-after", Integer.toString(retryAfterSeconds)));
    }

    /** A moderation that flags everything. */
    static Scenario flagEverything() {
        return new Flag(Optional.empty(), Optional.empty(), "violence");
    }
}
