package dev.retouch.server.front;

import java.time.Duration;
import java.util.Optional;

/**
 * Where and how the front door listens.
 *
 * @param host the address
 * @param port the port, 0 for any free one
 * @param idle how long a connection may be silent in the middle of a request
 * @param keepAlive how long it may be silent between two requests
 * @param headerBytes how long a request's line and headers may be together
 * @param tls the certificate, where it speaks https
 */
public record Listening(String host, int port, Duration idle, Duration keepAlive, int headerBytes,
        Optional<TlsFiles> tls) {}
