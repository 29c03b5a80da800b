package dev.retouch.server.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/** Blocks each request until the test finishes it or the exchange is canceled. */
@Path("/")
public final class BlockingHandler {

    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final int MAX_RESENDS = 2;

    private final BlockingQueue<Exchange> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final CountDownLatch finish = new CountDownLatch(1);

    /** Responds when the test finishes the request. */
    @POST
    @Path("slow")
    @Consumes("application/json")
    public String slow(ImageEditJson document, @Context ContainerRequestContext request) {
        work(Exchange.of(request));
        return "done";
    }

    /** Responds at once. */
    @POST
    @Path("quick")
    @Consumes("application/json")
    public String quick(ImageEditJson document) {
        return "quick";
    }

    /** Starts the response at once, and ends it when the test finishes the request. */
    @POST
    @Path("streamed")
    @Consumes("application/json")
    public Response streamed(ImageEditJson document, @Context ContainerRequestContext request) {
        Exchange exchange = Exchange.of(request);
        StreamingOutput body = out -> {
            out.write("begun ".getBytes(StandardCharsets.US_ASCII));
            out.flush();
            work(exchange);
            out.write("done".getBytes(StandardCharsets.US_ASCII));
        };
        return Response.ok(body).build();
    }

    /** A reading request. */
    @GET
    @Path("read")
    public String read() {
        return "read";
    }

    /** A response that fits in no buffer of a connection. */
    @GET
    @Path("large")
    public Response large() {
        StreamingOutput body = out -> {
            for (int i = 0; i < 1024; i++) {
                out.write(new byte[64 << 10]);
            }
        };
        return Response.ok(body).build();
    }

    private void work(Exchange exchange) {
        arrived.add(exchange);
        try {
            exchange.cancellation().interruptibly(() -> {
                finish.await();
                return "";
            });
            ends.add("finished");
        } catch (CanceledException e) {
            ends.add(e.reason().name());
            throw e;
        }
    }

    /** Waits until the next request is being processed. */
    Exchange awaitArrival() throws InterruptedException {
        Exchange exchange = arrived.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        assertThat(exchange).as("a request came").isNotNull();
        return java.util.Objects.requireNonNull(exchange);
    }

    /**
     * Sends a request and waits until it is being processed. A machine that is busy may close the idle connection before the
     * request has arrived; then it is sent again, as clients do.
     */
    <T> CompletableFuture<T> sendAndAwaitArrival(Supplier<CompletableFuture<T>> send) throws InterruptedException {
        CompletableFuture<T> answer = send.get();
        for (int more = MAX_RESENDS; arrived.poll(50, TimeUnit.MILLISECONDS) == null;) {
            if (answer.isCompletedExceptionally()) {
                assertThat(more--).as("sent: %s", answer).isPositive();
                answer = send.get();
            }
        }
        return answer;
    }

    /** Waits until the next request has ended, and returns how. */
    String awaitEnd() throws InterruptedException {
        String end = ends.poll(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        return end == null ? "none" : end;
    }

    /** Finishes all requests, also later requests. */
    void finishAll() {
        finish.countDown();
    }
}
