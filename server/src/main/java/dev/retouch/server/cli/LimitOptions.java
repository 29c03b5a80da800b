package dev.retouch.server.cli;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.retouch.server.admission.AdmissionLimits;

/** Options with the limits of a group or key. */
final class LimitOptions {

    /** Keyword that removes a limit. */
    static final String NONE = "none";

    @Option(names = "--concurrent-edits", paramLabel = "N", description = "Concurrent edits; none for no limit.")
    private @Nullable String concurrentEdits;

    @Option(names = "--queue", paramLabel = "N", description = "Edits that may wait for a slot; none for the default, 100.")
    private @Nullable String queue;

    @Option(names = "--queue-wait", paramLabel = "DURATION", description = "Longest wait for a slot, such as 30s or 5m; none for the default, 30s.")
    private @Nullable String queueWait;

    @Option(names = "--requests-per-minute", paramLabel = "N", description = "Edits started per minute; none for no limit.")
    private @Nullable String requestsPerMinute;

    @Option(names = "--images-per-minute", paramLabel = "N", description = "Input and requested images per minute; none for no limit.")
    private @Nullable String imagesPerMinute;

    /** Returns the limits with the given options applied; null if no option is given. */
    @Nullable
    AdmissionLimits over(AdmissionLimits before) {
        boolean given = Stream.of(concurrentEdits, queue, queueWait, requestsPerMinute, imagesPerMinute)
                .anyMatch(Objects::nonNull);
        return given
                ? new AdmissionLimits(whole("--concurrent-edits", concurrentEdits, 1, before.concurrentEdits()),
                        whole("--queue", queue, 0, before.queue()), wait(before.queueWait()),
                        whole("--requests-per-minute", requestsPerMinute, 1, before.requestsPerMinute()),
                        whole("--images-per-minute", imagesPerMinute, 1, before.imagesPerMinute()))
                : null;
    }

    private @Nullable Duration wait(@Nullable Duration before) {
        if (queueWait == null || queueWait.equals(NONE)) {
            return queueWait == null ? before : null;
        }
        Duration wait = OptionParsers.duration("--queue-wait", queueWait);
        if (wait.toNanosPart() != 0) {
            throw new CommandException("--queue-wait must be whole seconds");
        }
        return wait;
    }

    private static @Nullable Integer whole(String name, @Nullable String given, int least, @Nullable Integer before) {
        if (given == null || given.equals(NONE)) {
            return given == null ? before : null;
        }
        return OptionParsers.whole(name, given, least);
    }
}
