package dev.retouch.server.edit;

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
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.intake.CanceledException;

/** How a failure is told when the answer has already begun, and its status cannot be taken back. */
public final class ErrorEvents {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorEvents.class);

    private final ErrorDocuments documents;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Tells failures as these documents. */
    public ErrorEvents(ErrorDocuments documents) {
        this.documents = documents;
    }

    /** Ends a stream of events. The blank line first ends whatever event was cut in half; parsers drop it, because it is not JSON. */
    void write(RuntimeException failure, String requestId, OutputStream out) throws IOException {
        ObjectNode event = mapper.createObjectNode().put("type", "error");
        event.setAll((ObjectNode) mapper.valueToTree(envelope(failure, requestId)));
        out.write(("\n\nevent: error\ndata: " + event + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Stands in a JSON answer, after the white space. */
    void writeDocument(RuntimeException failure, String requestId, OutputStream out) throws IOException {
        out.write(mapper.writeValueAsBytes(envelope(failure, requestId)));
        out.flush();
    }

    private ErrorEnvelope envelope(RuntimeException failure, String requestId) {
        return switch (failure) {
            case ApiException known -> {
                LOG.info("ended message={} request={} cause={}", known.message().name(), requestId, known.getCause());
                yield documents.of(known);
            }
            case RelayedErrorException relayed -> documents.of(relayed);
            case CanceledException canceled -> documents.of(new ApiException(ErrorMessage.EDIT_WAS_STOPPED));
            default -> {
                LOG.error("unexpected failure in the middle of an answer request={}", requestId, failure);
                yield documents.of(new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE).with("request", requestId));
            }
        };
    }
}
