package dev.retouch.server.upstream;

import java.net.URI;
import java.time.Duration;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientConnectionFactory;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.client.transport.ClientConnectionFactoryOverHTTP2;
import org.eclipse.jetty.io.ClientConnectionFactory;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import dev.retouch.server.network.NetworkBufferPool;
import dev.retouch.server.network.NetworkThreads;
import dev.retouch.server.upstream.UpstreamSettings.Http;

/** Builds the HTTP client of an upstream. */
final class HttpClientFactory {

    /** Small, so that many responses that are read slowly need little memory. */
    private static final int STREAM_WINDOW = 1 << 20;
    private static final int SESSION_WINDOW = 32 << 20;
    /** Beyond the timeouts of a request, so that the idle timeout of the connection never ends a request. */
    private static final Duration SLACK = Duration.ofSeconds(30);

    private HttpClientFactory() {}

    /** A client that is not started, with this TLS context for upstreams and proxies. */
    static HttpClient of(UpstreamSettings settings, SslContextFactory.Client tls) {
        QueuedThreadPool threads = NetworkThreads.named("upstream");
        threads.setDaemon(true);
        ClientConnector connector = new ClientConnector();
        connector.setExecutor(threads);
        connector.setSslContextFactory(tls);
        HttpClient client = new HttpClient(new HttpClientTransportDynamic(connector, protocols(settings, connector)));
        client.setExecutor(threads);
        client.setByteBufferPool(NetworkBufferPool.shared());
        client.setFollowRedirects(false);
        client.setConnectTimeout(settings.connectTimeout().toMillis());
        client.setIdleTimeout(longest(settings.idleTimeout(), settings.firstByteTimeout()).plus(SLACK).toMillis());
        client.setMaxConnectionsPerDestination(settings.maxConnections());
        client.setResponseBufferSize(NetworkBufferPool.READ_BUFFER);
        client.setMaxRequestsQueuedPerDestination(4096);
        client.setUserAgentField(null);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        URI proxy = settings.proxy();
        if (proxy != null) {
            client.getProxyConfiguration().addProxy(new HttpProxy(proxy.getHost(), proxy.getPort()));
        }
        return client;
    }

    /** Completes the settings of a started client. */
    static void finish(HttpClient client) {
        // both fail on a 401 without a scheme, as OpenAI sends it, and its status would be lost
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
        // base64 does not get smaller by compression worth its time, so gzip is not asked for
        client.getContentDecoderFactories().clear();
    }

    private static ClientConnectionFactory.Info[] protocols(UpstreamSettings settings, ClientConnector connector) {
        ClientConnectionFactory.Info http1 = HttpClientConnectionFactory.HTTP11;
        boolean secure = "https".equals(settings.url().getScheme());
        if (settings.http() == Http.HTTP_1_1 || (settings.http() == Http.AUTO && !secure)) {
            return new ClientConnectionFactory.Info[]{http1};
        }
        HTTP2Client http2 = new HTTP2Client(connector);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW);
        http2.setInitialSessionRecvWindow(SESSION_WINDOW);
        ClientConnectionFactory.Info second = new ClientConnectionFactoryOverHTTP2.HTTP2(http2);
        return settings.http() == Http.HTTP_2
                ? new ClientConnectionFactory.Info[]{second}
                : new ClientConnectionFactory.Info[]{second, http1};
    }

    private static Duration longest(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
