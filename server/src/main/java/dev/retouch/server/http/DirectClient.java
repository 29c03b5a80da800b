package dev.retouch.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Set;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/**
 * Recognizes requests of programs on this machine that connected to the gateway without a proxy. Only they may use the
 * sandbox key. A proxy is recognized by the headers that it adds, or by HTTP/1.0: by default nginx adds no header and
 * sends HTTP/1.0, which programs no longer do.
 */
final class DirectClient {

    private static final String FORWARDED_PREFIX = "x-forwarded";
    private static final Set<String> PROXY_HEADERS = Set.of("forwarded", "via", "x-real-ip");

    private DirectClient() {}

    /** Whether the peer has a loopback address and nothing in the request is of a proxy. */
    static boolean sent(Request request) {
        return fromLoopback(request) && request.getConnectionMetaData().getHttpVersion() != HttpVersion.HTTP_1_0
                && request.getHeaders().stream().map(HttpField::getLowerCaseName)
                        .noneMatch(name -> PROXY_HEADERS.contains(name) || name.startsWith(FORWARDED_PREFIX));
    }

    /** Whether the {@code Host} is {@code localhost} or a literal loopback address. Names are never resolved. */
    static boolean namedLoopback(Request request) {
        String name = Request.getServerName(request).toLowerCase(Locale.ROOT);
        if (name.equals("localhost")) {
            return true;
        }
        boolean bracketed = name.startsWith("[") && name.endsWith("]");
        try {
            return InetAddress.ofLiteral(bracketed ? name.substring(1, name.length() - 1) : name).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean fromLoopback(Request request) {
        return request.getConnectionMetaData().getRemoteSocketAddress() instanceof InetSocketAddress peer
                && peer.getAddress() != null && peer.getAddress().isLoopbackAddress();
    }
}
