package dev.retouch.server.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.GoAwayFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Requests that HTTP/1.1 cannot express, and HTTP/2 can, are refused without a failure of the gateway. */
@Timeout(60)
@Tag("slow")
final class OddHttp2Test {

    /** The result for a stream that was reset without a response. */
    private static final int RESET = 0;

    @TempDir
    private Path folder = Path.of(".");

    /** Sends a request with a small JSON body, and returns the status of the response. */
    private static int status(Door door, MetaData.Request request) throws Exception {
        CompletableFuture<Integer> status = new CompletableFuture<>();
        HTTP2Client client = new HTTP2Client();
        client.start();
        try {
            Session session = client.connect(
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), door.front.address().getPort()),
                    new Session.Listener() {
                        @Override
                        public void onClose(Session closed, GoAwayFrame frame, Callback callback) {
                            status.complete(RESET);
                            callback.succeeded();
                        }
                    }).get(20, TimeUnit.SECONDS);
            Stream stream = session.newStream(new HeadersFrame(request, null, false), new Stream.Listener() {
                @Override
                public void onHeaders(Stream answered, HeadersFrame frame) {
                    if (frame.getMetaData() instanceof MetaData.Response response) {
                        status.complete(response.getStatus());
                    }
                }

                @Override
                public void onFailure(Stream failed, int error, String reason, Throwable failure, Callback callback) {
                    status.complete(RESET);
                    callback.succeeded();
                }

                @Override
                public void onReset(Stream answered, ResetFrame frame, Callback callback) {
                    status.complete(RESET);
                    callback.succeeded();
                }
            }).get(20, TimeUnit.SECONDS);
            CompletableFuture<Stream> sent = stream.data(new DataFrame(stream.getId(),
                    ByteBuffer.wrap(Door.BODY.getBytes(StandardCharsets.US_ASCII)), true));
            int answered = status.get(20, TimeUnit.SECONDS);
            assertThat(sent).isNotNull();
            return answered;
        } finally {
            client.stop();
        }
    }

    private static MetaData.Request post(Door door, String length) {
        return new MetaData.Request("POST", HttpURI.from(door.at("/quick")), HttpVersion.HTTP_2, HttpFields.build()
                .put("content-type", "application/json").put("content-length", length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"-5", "5,5", "5, 5", "+14", "99999999999999999999"})
    void aLengthThatIsNoNumberIsRefused(String length) throws Exception {
        try (Door door = Door.open(folder)) {
            assertThat(status(door, post(door, Integer.toString(Door.BODY.length())))).isEqualTo(200);
            assertThat(status(door, post(door, length))).isIn(400, RESET);
        }
    }

    @Test
    void aConnectIsRefused() throws Exception {
        try (Door door = Door.open(folder)) {
            assertThat(status(door, new MetaData.ConnectRequest((String) null,
                    new HostPortHttpField("127.0.0.1", door.front.address().getPort()), null, HttpFields.EMPTY, null)))
                    .isBetween(400, 499);
        }
    }
}
