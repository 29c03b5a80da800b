package dev.retouch.server.front;

import java.time.Duration;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.server.AbstractHTTP2ServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.jspecify.annotations.Nullable;

/** What is spoken on the port: HTTP/1.1 and HTTP/2, both of them in clear text or both behind TLS. */
final class Protocols {

    /** What one connection may have in flight. Clients that find fewer open more connections, or wait. */
    private static final int STREAMS = 256;
    /** How far a client may send ahead: with less, an upload over a long line spends its time waiting for permission. */
    private static final int STREAM_WINDOW = 4 << 20;
    private static final int CONNECTION_WINDOW = 8 << 20;

    private final HttpConfiguration http = new HttpConfiguration();

    Protocols(Duration idle, int headerBytes) {
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setIdleTimeout(idle.toMillis());
        http.setRequestHeaderSize(headerBytes);
    }

    /** In clear text; HTTP/2 by a client that knows beforehand or that asks for it. */
    ConnectionFactory[] clear() {
        return new ConnectionFactory[]{new HttpConnectionFactory(http), windows(new WithoutBodyUpgrade(http))};
    }

    /** Behind TLS; the handshake settles which. */
    ConnectionFactory[] secure(Tls tls) {
        // a client that names no host, or another name of this machine, is served all the same
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory one = new HttpConnectionFactory(http);
        ALPNServerConnectionFactory choice = new ALPNServerConnectionFactory();
        choice.setDefaultProtocol(one.getProtocol());
        return new ConnectionFactory[]{new SslConnectionFactory(tls.context(), choice.getProtocol()), choice,
                windows(new HTTP2ServerConnectionFactory(http)), one};
    }

    private static AbstractHTTP2ServerConnectionFactory windows(AbstractHTTP2ServerConnectionFactory two) {
        two.setMaxConcurrentStreams(STREAMS);
        two.setInitialStreamRecvWindow(STREAM_WINDOW);
        two.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        return two;
    }

    /**
     * Jetty refuses to change the protocol of a request with a body of known length, and forgets those that come in chunks: their
     * bodies would be taken for HTTP/2. Such a request stays what it is, as the protocol allows. And where it does change, Jetty
     * forgets that the limit of a request's silence was put on the connection.
     */
    private static final class WithoutBodyUpgrade extends HTTP2CServerConnectionFactory {

        WithoutBodyUpgrade(HttpConfiguration http) {
            super(http);
        }

        @Override
        public @Nullable Connection upgradeConnection(Connector connector, EndPoint endPoint,
                MetaData.Request request, HttpFields.Mutable answer) {
            if (request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)) {
                return null;
            }
            endPoint.setIdleTimeout(connector.getIdleTimeout());
            return super.upgradeConnection(connector, endPoint, request, answer);
        }
    }
}
