package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An upstream that looks at nothing and paints nothing, so that a thousand edits at once cost it next to nothing: it counts the
 * bytes of each and answers what a test says, when it says so.
 */
public final class StubUpstream implements AutoCloseable {

    private static final int BEGINNING = 4096;
    private static final Pattern PROMPT = Pattern.compile("name=\"?prompt\"?.*?\r\n\r\n(.*?)\r\n--", Pattern.DOTALL);

    /** Says what becomes of an edit that was read to its end. May take its time. */
    @FunctionalInterface
    public interface Answering {
        void answer(Edit edit) throws Exception;
    }

    private final Server server;
    private final ServerConnector connector;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger edits = new AtomicInteger();
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger peak = new AtomicInteger();

    private StubUpstream(Answering answering) {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("stub-upstream");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("stub-request-"));
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        connector.setIdleTimeout(300_000);
        connector.setAcceptQueueSize(4096);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) throws Exception {
                serve(request, response, callback, answering);
                return true;
            }
        });
    }

    /** Starts one on a free port. */
    public static StubUpstream start(Answering answering) {
        StubUpstream stub = new StubUpstream(answering);
        try {
            stub.server.start();
            return stub;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void serve(Request request, Response response, Callback callback, Answering answering) throws Exception {
        peak.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            Edit edit = new Edit(beginningOf(request), request, response);
            edits.incrementAndGet();
            answering.answer(edit);
            edit.end();
            callback.succeeded();
        } catch (IOException e) {
            callback.failed(e); // the client disconnected
        } finally {
            inFlight.decrementAndGet();
        }
    }

    private String beginningOf(Request request) throws IOException {
        try (InputStream in = Request.asInputStream(request)) {
            byte[] beginning = in.readNBytes(BEGINNING);
            bytes.addAndGet(beginning.length);
            byte[] buffer = new byte[32 * 1024];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                bytes.addAndGet(count);
            }
            return new String(beginning, StandardCharsets.UTF_8);
        }
    }

    /** What a gateway is configured with; ends in {@code /v1}. */
    public URI baseUrl() {
        return URI.create("http://127.0.0.1:" + port() + "/v1");
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** How many edits were read to their ends. */
    public int edits() {
        return edits.get();
    }

    /** How many bytes of bodies came in all. */
    public long bytes() {
        return bytes.get();
    }

    /** How many are being served now. */
    public int inFlight() {
        return inFlight.get();
    }

    /** The most that ever were at the same time. */
    public int peak() {
        return peak.get();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** An edit that waits for its answer. */
    public static final class Edit {

        private final String beginning;
        private final Request request;
        private final Response response;
        private boolean begun;

        private Edit(String beginning, Request request, Response response) {
            this.beginning = beginning;
            this.request = request;
            this.response = response;
        }

        /** The prompt, which forms have before their images. */
        public String prompt() {
            Matcher prompt = PROMPT.matcher(beginning);
            if (!prompt.find()) {
                throw new AssertionError("no prompt in " + beginning);
            }
            return prompt.group(1);
        }

        /** Answers with a document. */
        public void document(byte[] json) throws IOException {
            begun = true;
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
            response.getHeaders().put(HttpHeader.CONTENT_LENGTH, json.length);
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
                out.write(json);
            }
        }

        /** Sends an event, which leaves at once. */
        public void event(String name, String data) throws IOException {
            if (!begun) {
                begun = true;
                response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
            }
            Content.Sink.write(response, false, ByteBuffer
                    .wrap(("event: " + name + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8)));
        }

        /** Whether the client has closed the connection. No other code reads from it while the response is pending. */
        public boolean isAbandoned() {
            if (!(request.getConnectionMetaData().getConnection()
                    .getEndPoint() instanceof SocketChannelEndPoint socket)) {
                throw new IllegalStateException("no plain connection");
            }
            try {
                return !socket.getChannel().isOpen() || socket.getChannel().read(ByteBuffer.allocate(1)) != 0;
            } catch (IOException e) {
                return true;
            }
        }

        private void end() {
            if (!begun) {
                response.setStatus(500);
            }
        }
    }
}
