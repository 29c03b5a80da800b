package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Exchange;

/** Writes a failure into the body of a response whose status line has been sent. */
public final class InBandErrorWriter {

    private static final Logger LOG = LoggerFactory.getLogger(InBandErrorWriter.class);

    private final ErrorEnvelopes documents;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Writes failures as these envelopes. */
    public InBandErrorWriter(ErrorEnvelopes documents) {
        this.documents = documents;
    }

    /** Ends a stream of events. The blank line first ends whatever event was cut in half; parsers drop it, because it is not JSON. */
    void write(RuntimeException failure, Exchange exchange, OutputStream out) throws IOException {
        ObjectNode event = mapper.createObjectNode().put("type", "error");
        event.setAll((ObjectNode) mapper.valueToTree(envelope(failure, exchange)));
        out.write(("\n\nevent: error\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Writes the envelope of a JSON response, after its white space. */
    void writeDocument(RuntimeException failure, Exchange exchange, OutputStream out) throws IOException {
        out.write(mapper.writeValueAsBytes(envelope(failure, exchange)));
        out.flush();
    }

    private ErrorEnvelope envelope(RuntimeException failure, Exchange exchange) {
        String requestId = exchange.id();
        exchange.record().failed(failure);
        return switch (failure) {
            case ApiException known -> {
                LOG.info("response ended with error message={} request={} cause=\"{}\"", known.message().name(),
                        requestId, String.valueOf(known.getCause()));
                yield documents.of(known);
            }
            case UpstreamRefusalException relayed -> documents.of(relayed);
            case CanceledException canceled -> documents.of(new ApiException(ErrorMessage.EDIT_WAS_STOPPED));
            default -> {
                LOG.error("unexpected failure in response request={}", requestId, failure);
                yield documents
                        .of(new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE).withArgument("request", requestId));
            }
        };
    }
}
