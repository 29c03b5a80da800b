package dev.retouch.contract.exchange;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Copies what goes between a gateway and its callers, where it goes in and out of the HTTP connection: what the gateway's own
 * handlers do, and what Jetty answers without them, looks the same from here. Nothing is held back, and nothing waits.
 */
public final class ExchangeRecorder extends Handler.Wrapper {

    private static final String LISTENED_TO = "dev.retouch.contract.tap";
    private static final int FIRST_FINAL = 200;
    private static final int MAX_OF_REQUEST = 1 << 20;
    private static final int MAX_OF_ANSWER = 8 << 20;

    private final Supplier<TestName> test;
    private final Consumer<Exchange> to;

    /** Passes on what it has heard when it is over. */
    ExchangeRecorder(Handler handler, Supplier<TestName> test, Consumer<Exchange> to) {
        super(handler);
        this.test = test;
        this.to = to;
    }

    @Override
    protected void doStart() throws Exception {
        Server server = getServer();
        Request.Handler errors = server.getErrorHandler();
        // requests that cannot be read reach no handler but this one
        server.setErrorHandler((request, response, callback) -> {
            listen(request, true);
            return errors.handle(request, response, callback);
        });
        super.doStart();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        listen(request, false);
        return super.handle(request, response, callback);
    }

    private void listen(Request request, boolean unreadable) {
        if (request.getAttribute(LISTENED_TO) == null) {
            request.setAttribute(LISTENED_TO, true);
            request.addHttpStreamWrapper(stream -> new Listener(stream, request, unreadable));
        }
    }

    /** What it hears of one exchange. Reading and writing are other threads' business, each of them one at a time. */
    private final class Listener extends HttpStream.Wrapper {

        private final TestName during = test.get();
        private final String method;
        private final String path;
        private final String straight;
        private final String query;
        private final Map<String, List<String>> sent;
        private final boolean unreadable;
        private final Copy request = new Copy(MAX_OF_REQUEST);
        private final Copy answer = new Copy(MAX_OF_ANSWER);
        private final AtomicBoolean told = new AtomicBoolean();
        private volatile MetaData.@Nullable Response head;

        Listener(HttpStream stream, Request request, boolean unreadable) {
            super(stream);
            this.unreadable = unreadable;
            method = request.getMethod();
            HttpURI uri = request.getHttpURI();
            path = uri == null ? "" : Objects.requireNonNullElse(uri.getPath(), "");
            straight = uri == null ? "" : Objects.requireNonNullElse(uri.getCanonicalPath(), "");
            query = uri == null ? "" : Objects.requireNonNullElse(uri.getQuery(), "");
            sent = named(request.getHeaders());
            sent.computeIfPresent("authorization", (_, values) -> List.of(values.getFirst().replaceFirst(" .*", " …")));
        }

        @Override
        public Content.@Nullable Chunk read() {
            Content.Chunk chunk = super.read();
            if (chunk != null && !Content.Chunk.isFailure(chunk)) {
                request.add(chunk.getByteBuffer());
                if (chunk.isLast()) {
                    request.end();
                }
            }
            return chunk;
        }

        @Override
        public void send(MetaData.Request asked, MetaData.@Nullable Response response, boolean last,
                @Nullable ByteBuffer content, Callback callback) {
            if (response == null || response.getStatus() >= FIRST_FINAL) {
                if (response != null) {
                    head = response;
                }
                answer.add(content);
            }
            super.send(asked, response, last, content, last ? watched(callback) : callback);
        }

        /** Only what could be written to its end is a whole answer. */
        private Callback watched(Callback callback) {
            return Callback.from(callback.getInvocationType(), () -> {
                answer.end();
                if (unreadable) {
                    tell();
                }
                callback.succeeded();
            }, callback::failed);
        }

        @Override
        public void succeeded() {
            tell();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            tell();
            super.failed(failure);
        }

        private void tell() {
            if (told.compareAndSet(false, true)) {
                MetaData.Response begun = head;
                to.accept(new Exchange(during, method, path, straight, query, sent, request.body(), begun == null
                        ? 0
                        : begun.getStatus(), begun == null ? Map.of() : headers(begun), answer.body()));
            }
        }

        private Map<String, List<String>> headers(MetaData.Response begun) {
            Map<String, List<String>> headers = named(begun.getHttpFields());
            Supplier<HttpFields> trailers = begun.getTrailersSupplier();
            if (trailers != null && answer.body().ended()) {
                HttpFields fields = trailers.get();
                headers.putAll(fields == null ? Map.of() : named(fields));
            }
            return headers;
        }

        private static Map<String, List<String>> named(HttpFields fields) {
            Map<String, List<String>> named = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (HttpField field : fields) {
                named.computeIfAbsent(field.getName(), _ -> new ArrayList<>())
                        .add(field.getValue() == null ? "" : field.getValue());
            }
            return named;
        }
    }

    /** The beginning of a body. */
    private static final class Copy {

        private final int most;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream(0);
        private long size;
        private boolean ended;

        Copy(int most) {
            this.most = most;
        }

        synchronized void end() {
            ended = true;
        }

        synchronized void add(@Nullable ByteBuffer content) {
            if (content != null) {
                size += content.remaining();
                if (size <= most) {
                    byte[] bytes = new byte[content.remaining()];
                    content.duplicate().get(bytes);
                    kept.writeBytes(bytes);
                }
            }
        }

        synchronized Body body() {
            return new Body(size <= most ? kept.toByteArray() : new byte[0], size, ended);
        }
    }
}
