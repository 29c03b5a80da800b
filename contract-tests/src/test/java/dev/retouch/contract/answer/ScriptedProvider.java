package dev.retouch.contract.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.GZIPOutputStream;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Blocker;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** A provider that answers every edit with the script that a test gave it last, and serves images under their names. */
final class ScriptedProvider implements AutoCloseable {

    private final Server server = new Server();
    private final ServerConnector connector = new ServerConnector(server, 1, 1);
    private final AtomicReference<Script> next = new AtomicReference<>();
    private final AtomicReference<String> acceptEncoding = new AtomicReference<>("");
    private final Map<String, byte[]> images = new ConcurrentHashMap<>();

    /**
     * What is answered.
     *
     * @param headers all headers but those of the length
     * @param body the whole body, before compression
     * @param pieces how many bytes are sent at a time; 0 for all at once
     * @param breaksAfter after how many bytes the connection is closed; negative for never
     */
    record Script(int status, Map<String, String> headers, byte[] body, int pieces, int breaksAfter) {}

    ScriptedProvider() {
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                byte @Nullable [] image = images.get(request.getHttpURI().getPath());
                if (image != null) {
                    response.write(true, ByteBuffer.wrap(image), callback);
                    return true;
                }
                Content.Source.asByteBuffer(request);
                String accepted = request.getHeaders().get(HttpHeader.ACCEPT_ENCODING);
                acceptEncoding.set(accepted == null ? "" : accepted);
                answer(next.get(), request, response, callback);
                return true;
            }
        });
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void answer(Script script, Request request, Response response, Callback callback)
            throws IOException {
        response.setStatus(script.status());
        script.headers().forEach((name, value) -> response.getHeaders().put(name, value));
        boolean gzip = "gzip".equals(script.headers().get("content-encoding"));
        byte[] body = gzip ? gzipped(script.body()) : script.body();
        int end = script.breaksAfter() < 0 ? body.length : Math.min(body.length, script.breaksAfter());
        int step = script.pieces() == 0 ? Math.max(1, end) : script.pieces();
        for (int from = 0; from < end; from += step) {
            try (Blocker.Callback written = Blocker.callback()) {
                response.write(false, ByteBuffer.wrap(body, from, Math.min(step, end - from)), written);
                written.block();
            }
        }
        if (script.breaksAfter() >= 0) {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
        }
        callback.succeeded();
    }

    private static byte[] gzipped(byte[] body) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(body);
        }
        return bytes.toByteArray();
    }

    /** Has the next edits answered like this. */
    void answer(Script script) {
        next.set(script);
    }

    /** Serves an image and returns its address. */
    String image(String name, byte[] bytes) {
        images.put("/" + name, bytes);
        return "http://127.0.0.1:" + port() + "/" + name;
    }

    /** The {@code Accept-Encoding} of the last edit. */
    String acceptEncoding() {
        return String.valueOf(acceptEncoding.get());
    }

    URI baseUrl() {
        return URI.create("http://127.0.0.1:" + port() + "/v1");
    }

    int port() {
        return connector.getLocalPort();
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
