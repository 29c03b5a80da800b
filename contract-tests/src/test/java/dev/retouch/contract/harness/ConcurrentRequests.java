package dev.retouch.contract.harness;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests sent concurrently, and their responses.
 *
 * @param replies in the order of the requests
 */
public record ConcurrentRequests(List<Reply> replies) {

    private static final Duration TIMEOUT = Duration.ofSeconds(40);

    /** Sends so many at once, each by its number, and waits for all. */
    public static ConcurrentRequests of(int size, IntFunction<Reply> request) {
        List<Reply> replies = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> sent = IntStream.range(0, size)
                    .mapToObj(number -> threads.submit(() -> request.apply(number))).toList();
            for (Future<Reply> each : sent) {
                replies.add(each.get());
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a request got no answer", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return new ConcurrentRequests(List.copyOf(replies));
    }

    /** How many ended with this status. */
    public long with(int status) {
        return replies.stream().filter(reply -> reply.status() == status).count();
    }

    /** Those that did not succeed. */
    public List<Reply> refused() {
        return replies.stream().filter(reply -> reply.status() != 200).toList();
    }

    /** Repeats a request while it is refused, each time after the delay that the refusal names. */
    public static Reply waitingAsTold(Supplier<Reply> request) {
        AtomicReference<Reply> last = new AtomicReference<>(request.get());
        if (isToldToWait(last.get())) {
            Awaitility.await().atMost(TIMEOUT).pollInSameThread().pollDelay(retryAfter(last.get()))
                    .pollInterval((_, _) -> retryAfter(last.get())).until(() -> {
                        last.set(request.get());
                        return !isToldToWait(last.get());
                    });
        }
        return last.get();
    }

    private static boolean isToldToWait(Reply reply) {
        return reply.header("x-should-retry").filter("true"::equals).isPresent();
    }

    /** The time that a refusal names. */
    public static Duration retryAfter(Reply refusal) {
        assertThat(refusal.header("retry-after")).as(refusal.beginning()).isPresent();
        return Duration.ofSeconds(Long.parseLong(refusal.header("retry-after").orElseThrow()));
    }
}
