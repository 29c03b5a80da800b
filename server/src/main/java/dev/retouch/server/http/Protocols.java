package dev.retouch.server.http;

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

import dev.retouch.server.network.NetworkBufferPool;

/** Creates the connection factories for HTTP/1.1 and HTTP/2, without or with TLS. */
final class Protocols {

    /** Concurrent streams per HTTP/2 connection. If the number is too low, clients open more connections or wait. */
    private static final int STREAMS = 256;
    /** Flow-control window of a stream, in bytes. A small window slows uploads on connections with high latency. */
    private static final int STREAM_WINDOW = 4 << 20;
    private static final int CONNECTION_WINDOW = 8 << 20;

    private final HttpConfiguration http = new HttpConfiguration();

    private final boolean upgrades;

    /**
     * Creates the factories' settings.
     *
     * @param upgrades whether an HTTP/1.1 request without TLS may change its connection to HTTP/2
     */
    Protocols(Duration idle, int headerBytes, boolean upgrades) {
        this.upgrades = upgrades;
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setIdleTimeout(idle.toMillis());
        http.setRequestHeaderSize(headerBytes);
    }

    /** Returns the protocols without TLS; HTTP/2 by prior knowledge or, if enabled, upgrade. */
    ConnectionFactory[] clear() {
        return new ConnectionFactory[]{http1(), windows(new WithoutBodyUpgrade(http, upgrades))};
    }

    /** Returns the protocols with TLS, negotiated by ALPN. */
    ConnectionFactory[] secure(ReloadingTlsContext tls) {
        // accepts clients without SNI, or with another name of this machine
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory one = http1();
        ALPNServerConnectionFactory choice = new ALPNServerConnectionFactory();
        choice.setDefaultProtocol(one.getProtocol());
        return new ConnectionFactory[]{new SslConnectionFactory(tls.context(), choice.getProtocol()), choice,
                windows(new HTTP2ServerConnectionFactory(http)), one};
    }

    private HttpConnectionFactory http1() {
        HttpConnectionFactory factory = new HttpConnectionFactory(http);
        factory.setInputBufferSize(NetworkBufferPool.READ_BUFFER);
        return factory;
    }

    private static AbstractHTTP2ServerConnectionFactory windows(AbstractHTTP2ServerConnectionFactory two) {
        two.setMaxConcurrentStreams(STREAMS);
        two.setInitialStreamRecvWindow(STREAM_WINDOW);
        two.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        two.setInputBufferSize(NetworkBufferPool.READ_BUFFER); // a new HTTP/2 factory has changed it in the configuration that both protocols share
        return two;
    }

    /**
     * Ignores the upgrade to HTTP/2 if it is disabled, and of requests with a chunked body. Jetty rejects the upgrade of a body of known
     * length only; it would read chunks as HTTP/2 frames. RFC 7540 allows ignoring an upgrade. After an upgrade,
     * restores the idle timeout of the connection, which Jetty leaves at that of the request.
     */
    private static final class WithoutBodyUpgrade extends HTTP2CServerConnectionFactory {

        private final boolean upgrades;

        WithoutBodyUpgrade(HttpConfiguration http, boolean upgrades) {
            super(http);
            this.upgrades = upgrades;
        }

        @Override
        public @Nullable Connection upgradeConnection(Connector connector, EndPoint endPoint,
                MetaData.Request request, HttpFields.Mutable answer) {
            if (!upgrades || request.getHttpFields().contains(HttpHeader.TRANSFER_ENCODING)) {
                return null;
            }
            endPoint.setIdleTimeout(connector.getIdleTimeout());
            return super.upgradeConnection(connector, endPoint, request, answer);
        }
    }
}
