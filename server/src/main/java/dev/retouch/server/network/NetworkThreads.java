package dev.retouch.server.network;

import java.time.Duration;

import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Creates the threads of a server or a client: few that wait for the network, and a virtual one for each request. */
public final class NetworkThreads {

    /** After a burst, its threads end within this time. */
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(10);

    private NetworkThreads() {}

    /** A pool that is not started, whose threads have this name. */
    public static QueuedThreadPool named(String name) {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName(name);
        threads.setIdleTimeout(Math.toIntExact(IDLE_TIMEOUT.toMillis()));
        threads.setMaxEvictCount(threads.getMaxThreads()); // by default one thread ends at a time
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor(name + "-"));
        return threads;
    }
}
