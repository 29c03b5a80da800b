package dev.retouch.mock.scenario;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A fault or deviation on request. {@link ScenarioNames} has the names. */
public sealed interface Scenario {

    /** Wait before the status line, and between the events of a stream. */
    record Delay(Duration beforeAnswer, Duration betweenEvents) implements Scenario {}

    /** Return this status and body. An empty body means the usual error envelope. */
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

    /** Omit the usage. */
    record MissingUsage() implements Scenario {}

    /** Return this number of images fewer than requested. */
    record FewerImages(int missing) implements Scenario {}

    /** Refuse the edit as one that the safety system blocks, in the form of the wire. */
    record ModerationBlocked() implements Scenario {}

    /** Paint over the whole image, whatever the mask says. */
    record ChangedOutside() implements Scenario {}

    /** Add this number of megabytes of base64 to the JSON response. */
    record LargeAnswer(int megabytes) implements Scenario {}

    /**
     * Flag the input of a moderation: everything, or only what contains these words, or only the image with this SHA-256,
     * under a category.
     */
    record Flag(Optional<String> containing, Optional<String> imageSha256, String category) implements Scenario {}

    /** A delay before the response. */
    static Scenario delay(Duration beforeAnswer) {
        return new Delay(beforeAnswer, Duration.ZERO);
    }

    /** A status with the usual error envelope. */
    static Scenario status(int code) {
        return new Status(code, Optional.empty(), "application/json", Map.of());
    }

    /** The 429 of a provider whose rate limit is exceeded. */
    static Scenario rateLimit(int retryAfterSeconds) {
        return new Status(429, Optional.empty(), "application/json",
                Map.of("retry-after", Integer.toString(retryAfterSeconds)));
    }

    /** A moderation that flags everything. */
    static Scenario flagEverything() {
        return new Flag(Optional.empty(), Optional.empty(), "violence");
    }
}
