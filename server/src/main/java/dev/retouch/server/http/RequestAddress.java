package dev.retouch.server.http;

import java.net.URI;
import java.net.URISyntaxException;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.HostPort;
import org.glassfish.jersey.server.internal.ContainerUtils;

/**
 * The URIs of a request as Jersey takes them.
 *
 * @param base scheme, host and port, with the path {@code /}
 * @param uri the whole URI
 */
record RequestAddress(URI base, URI uri) {

    /** The address of a request; parsed only if it differs from that of the request before. */
    static final class Parser {

        private volatile Known known = new Known("", "", 0, "", new RequestAddress(URI.create("/"), URI.create("/")));

        private record Known(String scheme, String host, int port, String path, RequestAddress address) {}

        RequestAddress of(Request request) throws URISyntaxException {
            String scheme = request.getHttpURI().getScheme();
            String host = Request.getServerName(request);
            int port = Request.getServerPort(request);
            String path = request.getHttpURI().getPath();
            String query = request.getHttpURI().getQuery();
            Known last = known;
            boolean sameBase = last.port == port && last.scheme.equals(scheme) && last.host.equals(host);
            if (sameBase && query == null && last.path.equals(path)) {
                return last.address;
            }
            URI base = sameBase ? last.address.base : base(scheme, host, port);
            URI uri = new URI(base + path.substring(1)
                    + (query == null ? "" : "?" + ContainerUtils.encodeUnsafeCharacters(query)));
            RequestAddress address = new RequestAddress(base, uri);
            if (query == null) {
                known = new Known(scheme, host, port, path, address);
            }
            return address;
        }

        /** Java refuses host names with an underscore, which Docker Compose makes of services, unless the authority is text. */
        private static URI base(String scheme, String host, int port) throws URISyntaxException {
            try {
                return new URI(scheme, null, host, port, "/", null, null);
            } catch (URISyntaxException e) {
                return new URI(scheme, HostPort.normalizeHost(host) + ":" + port, "/", null, null);
            }
        }
    }
}
