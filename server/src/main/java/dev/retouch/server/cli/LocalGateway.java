package dev.retouch.server.cli;

import java.net.URI;
import java.util.Set;

import dev.retouch.server.config.Configuration;

/** The address of the gateway that runs on this machine with the same settings. */
final class LocalGateway {

    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

    private LocalGateway() {}

    /** Returns the base URL, without a slash at its end. */
    static URI address(Configuration configuration) {
        String host = ANY_ADDRESS.contains(configuration.host()) ? "localhost" : configuration.host();
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create((hasTls(configuration) ? "https://" : "http://") + shown + ":" + configuration.port());
    }

    /** Whether it has a TLS certificate, which is for its public name and not for this address. */
    static boolean hasTls(Configuration configuration) {
        return configuration.tls().certificate() != null;
    }
}
