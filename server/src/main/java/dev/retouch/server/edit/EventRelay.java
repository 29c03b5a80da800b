package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorDetail;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ErrorType;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.price.TokenUsage;

/**
 * Passes server-sent events on as they come. Only an event that ends something waits until it is whole, so that it is
 * charged before it is delivered; and a stream never just stops: where the upstream breaks off before an event that ends it,
 * an {@code error} event does.
 */
public final class EventRelay {

    private final JsonFactory json;
    private final Spool spool;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Events that have to wait do so in this spool. */
    public EventRelay(JsonFactory json, Spool spool) {
        this.json = json;
        this.spool = spool;
    }

    /**
     * Passes everything on. A caller that went away ends it with an {@link IOException}.
     *
     * @param asked how many images the stream is to deliver
     * @param bill told how it ended
     */
    void relay(InputStream events, OutputStream out, int asked, Bill bill) throws IOException {
        Progress progress = new Progress(asked, bill);
        byte[] buffer = new byte[16 * 1024];
        boolean broken = false;
        try (EventSplitter splitter = new EventSplitter(spool, out, event -> progress.whole(event, out))) {
            while (true) {
                int count;
                try {
                    count = events.read(buffer);
                } catch (IOException e) {
                    broken = true;
                    break;
                }
                if (count < 0) {
                    break;
                }
                splitter.take(buffer, count);
            }
        }
        if (!progress.finish(broken)) {
            out.write(brokenOff());
            out.flush();
        }
    }

    /** The blank line first ends whatever event was cut in half; parsers drop it, because it is not JSON. */
    private byte[] brokenOff() throws JsonProcessingException {
        ErrorEnvelope envelope = new ErrorEnvelope()
                .error(new ErrorDetail().message(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT.getValue())
                        .type(ErrorType.UPSTREAM_ERROR).code(ErrorCode.UPSTREAM_FAILED.getValue()));
        return ("\n\nevent: error\ndata: " + mapper.writeValueAsString(envelope) + "\n\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What has come so far, of what was asked for. */
    private final class Progress {

        private final int asked;
        private final Bill bill;
        private int completed;
        private boolean failed;
        private boolean told;
        private Optional<TokenUsage> usage = Optional.empty();

        Progress(int asked, Bill bill) {
            this.asked = asked;
            this.bill = bill;
        }

        /** Looks at an event that was held back, then lets it go. */
        void whole(ImageBytes event, OutputStream out) throws IOException {
            EventFacts facts = EventFacts.of(event, json);
            if (facts.completed()) {
                completed++;
                facts.usage().ifPresent(more -> usage = Optional.of(usage.orElse(TokenUsage.NONE).plus(more)));
            }
            failed = failed || facts.error();
            if (!told && (completed >= asked || failed)) {
                tell(false);
            }
            try (InputStream in = event.open()) {
                in.transferTo(out);
            }
            out.flush();
        }

        /** Whether the stream ended as streams should. */
        boolean finish(boolean broken) {
            boolean ended = failed || completed >= asked || (completed > 0 && !broken);
            if (!told) {
                tell(true);
            }
            return ended;
        }

        private void tell(boolean mayHaveRun) {
            told = true;
            if (completed > 0) {
                bill.delivered(completed, usage);
            } else {
                bill.failed(mayHaveRun, failed ? "the upstream's stream ended in an error" : "the stream broke off");
            }
        }
    }
}
