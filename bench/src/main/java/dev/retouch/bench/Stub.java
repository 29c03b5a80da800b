package dev.retouch.bench;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The upstream of the gateway, and the baseline: reads an edit and returns a fixed response. */
final class Stub implements AutoCloseable {

    /** The minimum latency of an upstream, long enough for the head of the response to be sent separately. */
    private static final long BEFORE_EVENT_NANOS = 20_000_000;

    private final Server server;
    private final ServerConnector connector;
    private final AtomicLong requests = new AtomicLong();
    private volatile Answer answer;

    /** The kinds of responses. */
    sealed interface Answer {

        /** A document. */
        record Document(byte[] json) implements Answer {}

        /** A partial image of a number of characters, with the time when it was sent, and a completed image. */
        record Events(int imageLength) implements Answer {}
    }

    Stub(Answer first) throws Exception {
        answer = first;
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("stub");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("stub-"));
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                requests.incrementAndGet();
                try (InputStream in = Request.asInputStream(request)) {
                    in.transferTo(OutputStream.nullOutputStream());
                }
                answer(response);
                callback.succeeded();
                return true;
            }
        });
        server.start();
    }

    void answers(Answer next) {
        answer = next;
    }

    /** The number of requests. */
    long requests() {
        return requests.get();
    }

    /** Its base URL, ending in {@code /v1}. */
    URI base() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/v1");
    }

    private void answer(Response response) throws Exception {
        switch (answer) {
            case Answer.Document(byte[] json) -> {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
                Content.Sink.write(response, true, ByteBuffer.wrap(json));
            }
            case Answer.Events(int imageLength) -> {
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
                Content.Sink.write(response, false, ByteBuffer.allocate(0));
                LockSupport.parkNanos(BEFORE_EVENT_NANOS);
                event(response, "image_edit.partial_image", "\"partial_image_index\":0", imageLength);
                event(response, "image_edit.completed", "\"usage\":{\"input_tokens\":9,\"output_tokens\":9}", 64);
                Content.Sink.write(response, true, ByteBuffer.allocate(0));
            }
        }
    }

    private static void event(Response response, String name, String more, int imageLength) throws Exception {
        String image = "A".repeat(imageLength);
        // last, just before it is sent
        String text = "event: " + name + "\ndata: {\"sent_at\":" + System.nanoTime() + ",\"type\":\"" + name + "\","
                + more + ",\"b64_json\":\"" + image + "\"}\n\n";
        Content.Sink.write(response, false, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    /** A document with an image of a number of bytes. */
    static Answer document(byte[] image) {
        String json = "{\"created\":1,\"background\":\"opaque\",\"output_format\":\"png\",\"quality\":\"low\","
                + "\"size\":\"1024x1024\",\"usage\":{\"input_tokens\":9,\"input_tokens_details\":{\"image_tokens\":4,"
                + "\"text_tokens\":5},\"output_tokens\":9,\"total_tokens\":18},\"data\":[{\"b64_json\":\""
                + Base64.getEncoder().encodeToString(image) + "\"}]}";
        return new Answer.Document(json.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the stub does not stop", e);
        }
    }
}
