package dev.retouch.server.front;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Exchange;

import static org.assertj.core.api.Assertions.assertThat;

/** Takes requests, and works on each until it is told to finish or the exchange is ended. */
@Path("/")
public final class SlowDesk {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final BlockingQueue<Exchange> arrived = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> ends = new LinkedBlockingQueue<>();
    private final CountDownLatch finish = new CountDownLatch(1);

    /** Answers when it is told to. */
    @POST
    @Path("slow")
    @Consumes("application/json")
    public String slow(ImageEditJson document, @Context ContainerRequestContext request) {
        work(Exchange.of(request));
        return "done";
    }

    /** Answers at once. */
    @POST
    @Path("quick")
    @Consumes("application/json")
    public String quick(ImageEditJson document) {
        return "quick";
    }

    /** Begins its answer at once, and ends it when it is told to. */
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

    /** Only reads. */
    @GET
    @Path("read")
    public String read() {
        return "read";
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

    /** Waits for the next request to be at work. */
    Exchange awaitArrival() throws InterruptedException {
        Exchange exchange = arrived.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(exchange).as("a request came").isNotNull();
        return java.util.Objects.requireNonNull(exchange);
    }

    /** The same, unless the client has found out that it will not. */
    void awaitArrivalOf(CompletableFuture<?> answer) throws InterruptedException {
        while (arrived.poll(50, TimeUnit.MILLISECONDS) == null) {
            assertThat(answer).as("sent").isNotCompletedExceptionally();
        }
    }

    /** Waits for the next request to end, and tells how. */
    String awaitEnd() throws InterruptedException {
        String end = ends.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        return end == null ? "none" : end;
    }

    /** Lets all requests finish, now and later. */
    void finishAll() {
        finish.countDown();
    }
}
