package dev.retouch.mock.wire;

import java.util.concurrent.TimeUnit;

import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

import dev.retouch.mock.intake.Workspace;
import dev.retouch.mock.journal.Exchange;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.journal.Outcome;

/** One request while it is being served: its socket, its folder, its line in the journal. */
final class Visit {

    private final Request request;
    private final Response response;
    private final ClientSocket socket;
    private final Workspace workspace;
    private final Journal journal;
    /** Absent for the control endpoints, which leave no trace. */
    private final @Nullable Exchange exchange;

    Visit(Request request, Response response, Workspace workspace, Journal journal, @Nullable Exchange exchange) {
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

    Workspace workspace() {
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

    /** The last byte is about to leave: what the client may look for afterwards must be there now. */
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
