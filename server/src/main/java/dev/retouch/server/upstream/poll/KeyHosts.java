package dev.retouch.server.upstream.poll;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The hosts that may get the key of an upstream: its own, and those that its kind names, over https at the usual port. */
final class KeyHosts {

    private static final int HTTPS = 443;

    private final URI base;
    private final List<String> patterns;

    KeyHosts(URI base, List<String> patterns) {
        this.base = base;
        this.patterns = patterns.stream().map(pattern -> pattern.toLowerCase(Locale.ROOT)).toList();
    }

    /** The URL that a text names, if its host may get the key. A text without a host is a path of the upstream itself. */
    Optional<String> permitted(String text) {
        URI url;
        try {
            url = base.resolve(text);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (url.getHost() == null || url.getUserInfo() != null) {
            return Optional.empty();
        }
        String host = url.getHost().toLowerCase(Locale.ROOT);
        boolean own = host.equals(base.getHost().toLowerCase(Locale.ROOT)) && port(url) == port(base)
                && base.getScheme().equals(url.getScheme());
        boolean named = "https".equals(url.getScheme()) && port(url) == HTTPS
                && patterns.stream().anyMatch(pattern -> matches(pattern, host));
        return own || named ? Optional.of(url.toString()) : Optional.empty();
    }

    private static boolean matches(String pattern, String host) {
        return pattern.startsWith("*.") ? host.endsWith(pattern.substring(1)) : host.equals(pattern);
    }

    private static int port(URI url) {
        return url.getPort() >= 0 ? url.getPort() : "https".equals(url.getScheme()) ? HTTPS : 80;
    }
}
