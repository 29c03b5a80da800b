package dev.retouch.server.upstream;

import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** A real server that reads what it is sent, writes down how it came, and answers as it is told. */
final class LoneServer implements AutoCloseable {

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

    private LoneServer(Answering answering, ConnectionFactory... protocols) {
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

    static LoneServer http1(Answering answering) {
        return new LoneServer(answering, new HttpConnectionFactory(new HttpConfiguration()));
    }

    /** Speaks HTTP/2 without TLS to whoever begins with it. */
    static LoneServer http2(Answering answering) {
        HttpConfiguration configuration = new HttpConfiguration();
        return new LoneServer(answering, new HttpConnectionFactory(configuration),
                new HTTP2CServerConnectionFactory(configuration));
    }

    /** An edit of one image, and an id. */
    static void edited(Request request, Response response, Callback callback) {
        response.getHeaders().put("content-type", "application/json").put("x-request-id", "up-1");
        Content.Sink.write(response, true, "{\"data\":[{\"b64_json\":\"AAAA\"}]}", callback);
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/v1");
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
