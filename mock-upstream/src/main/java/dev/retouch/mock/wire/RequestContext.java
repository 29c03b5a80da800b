package dev.retouch.mock.wire;

import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.journal.Exchange;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.journal.Outcome;

/** The context of a request: its socket, its folder, its journal entry. */
final class RequestContext {

    private final Request request;
    private final Response response;
    private final ClientSocket socket;
    private final TempDirectory workspace;
    private final Journal journal;
    /** Absent for the control endpoints, which are not in the journal. */
    private final @Nullable Exchange exchange;

    RequestContext(Request request, Response response, TempDirectory workspace, Journal journal,
            @Nullable Exchange exchange) {
        this.request = request;
        this.response = response;
        this.socket = new ClientSocket(request);
        this.workspace = workspace;
        this.journal = journal;
        this.exchange = exchange;
    }

    Response response() {
        return response;
    }

    ClientSocket socket() {
        return socket;
    }

    TempDirectory workspace() {
        return workspace;
    }

    @Nullable
    Exchange exchange() {
        return exchange;
    }

    void answering(int status) {
        long nanos = System.nanoTime() - request.getBeginNanoTime();
        response.getHeaders().put("openai-processing-ms", TimeUnit.NANOSECONDS.toMillis(nanos));
        if (exchange != null) {
            exchange.answering(status);
        }
    }

    /** Completes the journal entry before the last byte is sent, so that the client can read it afterwards. */
    void answered() {
        end(Outcome.ANSWERED);
    }

    void nothing() {
        // for a stream that is never closed
    }

    void end(Outcome outcome) {
        workspace.close();
        if (exchange != null) {
            journal.end(exchange, outcome);
        }
    }
}
