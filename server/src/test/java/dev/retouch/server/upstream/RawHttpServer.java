package dev.retouch.server.upstream;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** A real server that records the requests it reads and sends scripted responses. */
final class RawHttpServer implements AutoCloseable {

    /** How a request came: HTTP/2 has no other bytes to show it by. */
    record Seen(String protocol, String uri, List<HttpField> headers, byte[] body) {

        String header(String name) {
            return headers.stream().filter(field -> field.is(name)).map(HttpField::getValue).findFirst().orElse("");
        }
    }

    /** Answers a request whose body was read. */
    @FunctionalInterface
    interface Answering {
        void to(Request request, Response response, Callback callback) throws Exception;
    }

    private final List<Seen> seen = new CopyOnWriteArrayList<>();
    private final Server server = new Server();
    private final ServerConnector connector;
    private final String scheme;

    private RawHttpServer(String scheme, Answering answering, ConnectionFactory... protocols) {
        this.scheme = scheme;
        this.connector = new ServerConnector(server, 1, 1, protocols);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte[] body = Request.asInputStream(request).readAllBytes();
                seen.add(new Seen(request.getConnectionMetaData().getProtocol(), request.getHttpURI().toString(),
                        request.getHeaders().stream().toList(), body));
                answering.to(request, response, callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static RawHttpServer http1(Answering answering) {
        return new RawHttpServer("http", answering, new HttpConnectionFactory(new HttpConfiguration()));
    }

    /** Accepts HTTP/2 without TLS from clients that begin with it. */
    static RawHttpServer http2(Answering answering) {
        HttpConfiguration configuration = new HttpConfiguration();
        return new RawHttpServer("http", answering, new HttpConnectionFactory(configuration),
                new HTTP2CServerConnectionFactory(configuration));
    }

    /** Speaks TLS with this certificate, and negotiates HTTP/2 or HTTP/1.1 by ALPN; only HTTP/1.1 if {@code http2} is false. */
    static RawHttpServer tls(SslContextFactory.Server certificate, boolean http2, Answering answering) {
        HttpConfiguration configuration = new HttpConfiguration();
        configuration.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory http1 = new HttpConnectionFactory(configuration);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        SslConnectionFactory tls = new SslConnectionFactory(certificate, alpn.getProtocol());
        return http2
                ? new RawHttpServer("https", answering, tls, alpn, new HTTP2ServerConnectionFactory(configuration),
                        http1)
                : new RawHttpServer("https", answering, tls, alpn, http1);
    }

    /** An edit of one image, and an id. */
    static void edited(Request request, Response response, Callback callback) {
        response.getHeaders().put("content-type", "application/json").put("x-request-id", "up-1");
        Content.Sink.write(response, true, "{\"data\":[{\"b64_json\":\"AAAA\"}]}", callback);
    }

    URI base() {
        return URI.create(scheme + "://127.0.0.1:" + connector.getLocalPort() + "/v1");
    }

    int port() {
        return connector.getLocalPort();
    }

    List<Seen> seen() {
        return seen;
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
