package dev.retouch.server.upstream;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.server.RawHTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/** An HTTP/2 server that ends streams with the frames of a script, one step for each stream. After the script it sends an edit. */
final class ScriptedHttp2Server implements AutoCloseable {

    /** The end of one stream. */
    enum Step {
        /** {@code RST_STREAM} with {@code REFUSED_STREAM} as soon as the request headers arrive. */
        REFUSE_AT_HEADERS,
        /** The same after the whole request body arrived. */
        REFUSE_AFTER_BODY,
        /** {@code GOAWAY} with the last stream id before this stream. */
        GO_AWAY_BEFORE,
        /** {@code GOAWAY} with this stream as the last one, then the end of the connection. */
        GO_AWAY_WITH,
        /** {@code RST_STREAM} with {@code INTERNAL_ERROR}. */
        INTERNAL_ERROR,
        /** {@code RST_STREAM} with {@code CANCEL}. */
        CANCEL,
        /** A response of one image. */
        EDIT
    }

    private final Server server = new Server();
    private final ServerConnector connector;
    private final Deque<Step> script = new ArrayDeque<>();
    private int streams;

    ScriptedHttp2Server(Step... steps) {
        script.addAll(List.of(steps));
        this.connector = new ServerConnector(server, 1, 1, new RawHTTP2ServerConnectionFactory(
                new ServerSessionListener() {
                    @Override
                    public Stream.Listener onNewStream(Stream stream, HeadersFrame frame) {
                        return accept(stream);
                    }
                }));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + "/v1");
    }

    synchronized int streams() {
        return streams;
    }

    private synchronized Stream.Listener accept(Stream stream) {
        streams++;
        Step step = script.isEmpty() ? Step.EDIT : script.poll();
        if (step == Step.REFUSE_AT_HEADERS) {
            reset(stream, ErrorCode.REFUSED_STREAM_ERROR);
            return Stream.Listener.AUTO_DISCARD;
        }
        stream.demand();
        return new Stream.Listener() {
            @Override
            public void onDataAvailable(Stream source) {
                Stream.Data data = source.readData();
                boolean last = data != null && data.frame().isEndStream();
                if (data != null) {
                    data.release();
                }
                if (last) {
                    end(source, step);
                } else {
                    source.demand();
                }
            }
        };
    }

    private static void end(Stream stream, Step step) {
        switch (step) {
            case REFUSE_AT_HEADERS, REFUSE_AFTER_BODY -> reset(stream, ErrorCode.REFUSED_STREAM_ERROR);
            case INTERNAL_ERROR -> reset(stream, ErrorCode.INTERNAL_ERROR);
            case CANCEL -> reset(stream, ErrorCode.CANCEL_STREAM_ERROR);
            case GO_AWAY_BEFORE -> goAway(stream, stream.getId() - 2);
            case GO_AWAY_WITH -> goAway(stream, stream.getId());
            case EDIT -> answer(stream);
        }
    }

    private static void reset(Stream stream, ErrorCode error) {
        stream.reset(new ResetFrame(stream.getId(), error.code), Callback.NOOP);
    }

    private static void goAway(Stream stream, int last) {
        HTTP2Session session = (HTTP2Session) stream.getSession();
        session.goAway(new GoAwayFrame(Math.max(0, last), ErrorCode.NO_ERROR.code, new byte[0]),
                Callback.from(() -> {
                    if (last == stream.getId()) {
                        session.getEndPoint().close();
                    }
                }));
    }

    private static void answer(Stream stream) {
        MetaData.Response head = new MetaData.Response(200, null, HttpVersion.HTTP_2,
                HttpFields.build().put("content-type", "application/json").put("x-request-id", "up-1"));
        ByteBuffer body = ByteBuffer
                .wrap("{\"data\":[{\"b64_json\":\"AAAA\"}]}".getBytes(StandardCharsets.UTF_8));
        stream.headers(new HeadersFrame(stream.getId(), head, null, false), Callback.from(
                () -> stream.data(new DataFrame(stream.getId(), body, true), Callback.NOOP)));
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
