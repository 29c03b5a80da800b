package dev.retouch.server.task;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;

/** The tasks that this instance runs. Thread-safe. */
final class RunningTasks {

    private final Map<String, Exchange> exchanges = new ConcurrentHashMap<>();

    /** Adds a task that begins. */
    void add(String id, Exchange exchange) {
        exchanges.put(id, exchange);
    }

    /** Removes a task that has ended. */
    void remove(String id) {
        exchanges.remove(id);
    }

    /** Cancels a task, if it runs here. */
    void cancel(String id, Reason reason) {
        Exchange exchange = exchanges.get(id);
        if (exchange != null) {
            exchange.cancellation().cancel(reason);
        }
    }

    /** Cancels all tasks. */
    void cancelAll(Reason reason) {
        exchanges.values().forEach(exchange -> exchange.cancellation().cancel(reason));
    }

    /** The ids of the tasks. */
    Set<String> ids() {
        return Set.copyOf(exchanges.keySet());
    }
}
