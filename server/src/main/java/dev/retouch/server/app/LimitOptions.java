package dev.retouch.server.app;

import java.time.Duration;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

import dev.retouch.server.policy.RoomLimits;

/** How much room a group or a key gets. */
final class LimitOptions {

    /** Takes a limit away that is there. */
    static final String NONE = "none";

    @Option(names = "--concurrent-edits", paramLabel = "N", description = "The most edits at the same time; none for no limit.")
    private @Nullable String concurrentEdits;

    @Option(names = "--queue", paramLabel = "N", description = "How many more edits may wait for one of them to end; none for the default, 100.")
    private @Nullable String queue;

    @Option(names = "--queue-wait", paramLabel = "DURATION", description = "How long each waits at most, such as 30s or 5m; none for the default, 30s.")
    private @Nullable String queueWait;

    @Option(names = "--requests-per-minute", paramLabel = "N", description = "The most edits that begin within a minute; none for no limit.")
    private @Nullable String requestsPerMinute;

    @Option(names = "--images-per-minute", paramLabel = "N", description = "The most images within a minute, those sent and those asked for; none for no limit.")
    private @Nullable String imagesPerMinute;

    /** The limits with what is given changed; null where nothing is given. */
    @Nullable
    RoomLimits over(RoomLimits before) {
        boolean given = Stream.of(concurrentEdits, queue, queueWait, requestsPerMinute, imagesPerMinute)
                .anyMatch(Objects::nonNull);
        return given
                ? new RoomLimits(whole("--concurrent-edits", concurrentEdits, 1, before.concurrentEdits()),
                        whole("--queue", queue, 0, before.queue()), wait(before.queueWait()),
                        whole("--requests-per-minute", requestsPerMinute, 1, before.requestsPerMinute()),
                        whole("--images-per-minute", imagesPerMinute, 1, before.imagesPerMinute()))
                : null;
    }

    private @Nullable Duration wait(@Nullable Duration before) {
        if (queueWait == null || queueWait.equals(NONE)) {
            return queueWait == null ? before : null;
        }
        Duration wait = Values.duration("--queue-wait", queueWait);
        if (wait.toNanosPart() != 0) {
            throw new CommandException("--queue-wait must be whole seconds");
        }
        return wait;
    }

    private static @Nullable Integer whole(String name, @Nullable String given, int least, @Nullable Integer before) {
        if (given == null || given.equals(NONE)) {
            return given == null ? before : null;
        }
        return Values.whole(name, given, least);
    }
}
