package dev.retouch.contract.conformance.wire;

import java.time.Duration;
import java.util.Optional;

/** After how long an answer asks to be asked again. */
final class RetryAfter {

    private RetryAfter() {}

    static Optional<Duration> of(Answer answer) {
        return number(answer, "retry-after-ms").map(RetryAfter::milliseconds)
                .or(() -> number(answer, "retry-after").map(seconds -> milliseconds(seconds * 1000)))
                .filter(wait -> !wait.isZero());
    }

    private static Duration milliseconds(double count) {
        return Duration.ofMillis((long) Math.ceil(Math.clamp(count, 0, 1e12)));
    }

    /** The older form with a date is none that image endpoints use, and counts as nothing. */
    private static Optional<Double> number(Answer answer, String header) {
        return answer.header(header).flatMap(text -> {
            try {
                return Optional.of(Double.valueOf(text.strip()));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        });
    }
}
