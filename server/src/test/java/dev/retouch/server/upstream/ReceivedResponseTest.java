package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Responses of a real server. */
@Timeout(60)
class ReceivedResponseTest {

    private static final byte[] IMAGE = new byte[3 << 20];

    static {
        new Random(1).nextBytes(IMAGE);
    }

    private final HttpClient client = new HttpClient();
    private final ArrayByteBufferPool.Tracking buffers = new ArrayByteBufferPool.Tracking();

    @BeforeEach
    void start() throws Exception {
        client.setByteBufferPool(buffers);
        client.setResponseBufferSize(128 * 1024);
        client.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.stop();
    }

    private Request to(RawHttpServer server) {
        return client.newRequest(server.base());
    }

    private static ReceivedResponse sent(Request request) {
        ReceivedResponse received = new ReceivedResponse();
        request.send(received);
        return received;
    }

    private static int status(ReceivedResponse received)
            throws InterruptedException, ExecutionException, TimeoutException {
        return received.head(30, TimeUnit.SECONDS).getStatus();
    }

    private static void write(Response response, byte[] bytes, int length) throws IOException {
        Content.Sink.write(response, false, ByteBuffer.wrap(bytes, 0, length));
    }

    /** Sends so many bytes, and the end of the response when the latch opens. */
    private static RawHttpServer unfinished(int bytes, CountDownLatch over) {
        return RawHttpServer.http1((_, response, callback) -> {
            write(response, IMAGE, bytes);
            over.await();
            callback.succeeded();
        });
    }

    @Test
    void readsTheBodyInTheBuffersOfTheNetwork() throws Exception {
        try (RawHttpServer server = RawHttpServer.http1((_, response, callback) -> response.write(true,
                ByteBuffer.wrap(IMAGE), callback)); ReceivedResponse received = sent(to(server))) {
            assertThat(status(received)).isEqualTo(200);
            ByteBuffer all = ByteBuffer.allocate(IMAGE.length);
            for (ByteBuffer bytes = received.nextBuffer(); bytes != null; bytes = received.nextBuffer()) {
                assertThat(bytes.isDirect()).isTrue();
                all.put(bytes);
            }
            assertThat(all.array()).isEqualTo(IMAGE);
            assertThat(received.nextBuffer()).as("it stays at its end").isNull();
        }
    }

    @Test
    void hasNoBytesIfThereIsNoBody() throws Exception {
        try (RawHttpServer server = RawHttpServer.http1((_, response, callback) -> {
            response.setStatus(204);
            callback.succeeded();
        }); ReceivedResponse received = sent(to(server))) {
            assertThat(status(received)).isEqualTo(204);
            assertThat(received.nextBuffer()).isNull();
        }
    }

    @Test
    void waitsForBytesThatComeLater() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawHttpServer server = RawHttpServer.http1((_, response, callback) -> {
            write(response, IMAGE, 1000);
            read.await();
            response.write(true, ByteBuffer.wrap(IMAGE, 1000, 1000), callback);
        }); ReceivedResponse in = sent(to(server))) {
            assertThat(status(in)).isEqualTo(200);
            assertThat(in.readNBytes(1000)).hasSize(1000);
            read.countDown();
            assertThat(in.readAllBytes()).hasSize(1000);
        }
    }

    @Test
    void deliversWhatArrivedBeforeTheConnectionBroke() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RawHttpServer server = RawHttpServer.http1((request, response, _) -> {
            write(response, IMAGE, 1000);
            read.await();
            request.getConnectionMetaData().getConnection().getEndPoint().close();
        }); ReceivedResponse received = sent(to(server))) {
            assertThat(status(received)).isEqualTo(200);
            assertThat(received.readNBytes(1000)).hasSize(1000);
            read.countDown();
            assertThatThrownBy(received::readAllBytes).isInstanceOf(IOException.class);
            assertThatThrownBy(received::nextBuffer).as("and again").isInstanceOf(IOException.class);
        }
    }

    @Test
    void saysWhyThereIsNoHead() {
        try (RawHttpServer server = RawHttpServer.http1((request, _, callback) -> {
            request.getConnectionMetaData().getConnection().getEndPoint().close();
            callback.failed(new IOException("closed by the test"));
        })) {
            ReceivedResponse received = sent(to(server));
            assertThatThrownBy(() -> status(received)).isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IOException.class);
        }
    }

    @Test
    void anAbortEndsTheWaitOfItsReader() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = unfinished(1000, over)) {
            Request request = to(server);
            try (ReceivedResponse received = sent(request)) {
                assertThat(status(received)).isEqualTo(200);
                assertThat(received.readNBytes(1000)).hasSize(1000);
                Thread aborting = Thread.ofVirtual()
                        .start(() -> RequestAbort.of(request, new IOException("out of patience")));
                assertThatThrownBy(received::read).isInstanceOf(IOException.class).hasMessageContaining("patience");
                aborting.join();
            } finally {
                over.countDown();
            }
        }
    }

    @Test
    void anInterruptEndsTheWaitOfItsReader() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = unfinished(1000, over)) {
            Request request = to(server);
            AtomicReference<Exception> failure = new AtomicReference<>();
            try (ReceivedResponse received = sent(request)) {
                assertThat(status(received)).isEqualTo(200);
                assertThat(received.readNBytes(1000)).hasSize(1000);
                Thread reader = Thread.ofVirtual().start(() -> {
                    try {
                        received.read();
                    } catch (IOException e) {
                        failure.set(e);
                    }
                });
                reader.interrupt();
                reader.join();
                assertThat(failure.get()).isInstanceOf(InterruptedIOException.class);
            } finally {
                RequestAbort.of(request, new IOException("the test is over"));
                over.countDown();
            }
        }
    }

    @Test
    void givesItsBuffersBackAtItsEndOrWhenItIsClosed() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = unfinished(100_000, over)) {
            Request request = to(server);
            ReceivedResponse received = sent(request);
            assertThat(status(received)).isEqualTo(200);
            received.skipNBytes(99_999);
            received.close();
            RequestAbort.of(request, new IOException("closed early"));
            assertThatThrownBy(received::nextBuffer).isInstanceOf(IOException.class);

            ReceivedResponse whole = sent(to(server));
            over.countDown();
            assertThat(status(whole)).isEqualTo(200);
            whole.skipNBytes(100_000);
            assertThat(whole.nextBuffer()).isNull();
        }
        client.stop();
        // Jetty does not release its own hold on the buffer of an aborted response
        while (buffers.getLeaks().stream().anyMatch(RetainableByteBuffer::isRetained)
                || buffers.getLeaks().size() > 1) {
            Thread.sleep(10); // released by the threads of the connections; the timeout of the class ends the wait
        }
    }
}
