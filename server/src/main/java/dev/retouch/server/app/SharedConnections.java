package dev.retouch.server.app;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Components with connections that several versions of the catalog share. Each is created for its first use and closed after its last. */
final class SharedConnections {

    private static final Logger LOG = LoggerFactory.getLogger(SharedConnections.class);

    private final Map<Object, Shared> open = new HashMap<>();

    /**
     * A component and its connections.
     *
     * @param component what is used
     * @param connections closed after the last use
     */
    record Connected(Object component, AutoCloseable connections) {}

    private static final class Shared {

        private final Connected connected;
        private int uses;

        Shared(Connected connected) {
            this.connected = connected;
        }
    }

    /** The uses of one version of the catalog. Closing it ends them. */
    final class Uses implements AutoCloseable {

        private final List<Object> keys = new ArrayList<>();

        /**
         * Uses a component.
         *
         * @param key everything that the component depends on
         * @param create creates it if no version uses it
         */
        <T> T take(Class<T> type, Object key, Supplier<Connected> create) {
            synchronized (open) {
                Shared shared = open.computeIfAbsent(key, _ -> new Shared(create.get()));
                shared.uses++;
                keys.add(key);
                return type.cast(shared.connected.component());
            }
        }

        @Override
        public void close() {
            keys.forEach(SharedConnections.this::end);
            keys.clear();
        }
    }

    private void end(Object key) {
        Shared last;
        synchronized (open) {
            Shared shared = open.get(key);
            if (shared == null || --shared.uses > 0) {
                return;
            }
            open.remove(key);
            last = shared;
        }
        try {
            last.connected.connections().close();
        } catch (Exception e) {
            LOG.warn("connections not closed cleanly", e);
        }
    }

    /** Returns the number of components in use. */
    int count() {
        synchronized (open) {
            return open.size();
        }
    }
}
