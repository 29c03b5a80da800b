package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorDetail;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ErrorType;

/**
 * Passes server-sent events on as they come, and sees to it that a stream never just stops: where the upstream breaks off
 * before an event that ends it, an {@code error} event does.
 */
public final class EventRelay {

    private static final int MOST_LINE_START = 64;

    private final ObjectMapper mapper = new ObjectMapper();

    /** Passes everything on. A caller that went away ends it with an {@link IOException}. */
    void relay(InputStream events, OutputStream out) throws IOException {
        EventWatch watch = new EventWatch();
        byte[] buffer = new byte[16 * 1024];
        while (true) {
            int count;
            try {
                count = events.read(buffer);
            } catch (IOException e) {
                break;
            }
            if (count < 0) {
                break;
            }
            out.write(buffer, 0, count);
            out.flush();
            watch.saw(buffer, count);
        }
        if (!watch.ended()) {
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

    /** Looks at the names of the events that pass. */
    private static final class EventWatch {

        private final StringBuilder lineStart = new StringBuilder(MOST_LINE_START);
        private boolean ending;
        private boolean ended;

        void saw(byte[] bytes, int count) {
            for (int i = 0; i < count; i++) {
                if (bytes[i] == '\n') {
                    line(lineStart.toString().strip());
                    lineStart.setLength(0);
                } else if (lineStart.length() < MOST_LINE_START) {
                    lineStart.append((char) (bytes[i] & 0xff));
                }
            }
        }

        private void line(String start) {
            if (start.startsWith("event:")) {
                String name = start.substring("event:".length()).strip();
                ending = name.equals("image_edit.completed") || name.equals("error");
            } else if (start.isEmpty() && ending) {
                ended = true;
                ending = false;
            }
        }

        boolean ended() {
            return ended;
        }
    }
}
