package dev.retouch.server.http;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;

import com.sun.management.UnixOperatingSystemMXBean;

/**
 * Settings of the listening connector.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 for any free port
 * @param idle longest silence of a connection within a request
 * @param keepAlive longest silence of a connection between two requests
 * @param headerBytes maximum size of request line and headers, in bytes
 * @param headerTime longest time for request line and headers
 * @param backlog maximum number of connections that wait to be accepted
 * @param maxConnections maximum number of connections
 * @param upgrades whether an HTTP/1.1 request without TLS may change its connection to HTTP/2
 * @param tls certificate files; empty for HTTP without TLS
 */
public record ConnectorSettings(String host, int port, Duration idle, Duration keepAlive, int headerBytes,
        Duration headerTime, int backlog, int maxConnections, boolean upgrades, Optional<TlsFiles> tls) {

    /** A connection with a request takes about 12 KB of the heap; the rest is for everything else. */
    private static final long HEAP_PER_CONNECTION = 48 << 10;

    /** The number of connections that leaves room for everything else in the heap and among the files that the process may open. */
    int usableConnections() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? system.getMaxFileDescriptorCount()
                : Long.MAX_VALUE;
        return usableConnections(Runtime.getRuntime().maxMemory(), files);
    }

    int usableConnections(long heapBytes, long files) {
        return (int) Math.max(1, Math.min(maxConnections, Math.min(files / 2, heapBytes / HEAP_PER_CONNECTION)));
    }
}
