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

    /** The number of connections that leaves half of the files that the process may open to everything else. */
    int usableConnections() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? Math.clamp(system.getMaxFileDescriptorCount() / 2, 1, maxConnections)
                : maxConnections;
    }
}
