package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Map;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.upstream.UpstreamAnswer;

/** Turns the upstream's answer into the caller's: as it is, with links instead of base64, or as events. */
public final class EditAnswers {

    private final LinkedImages linkedImages;
    private final EventRelay events;

    /** Answers that host images with the given step and relay events with the other. */
    public EditAnswers(LinkedImages linkedImages, EventRelay events) {
        this.linkedImages = linkedImages;
        this.events = events;
    }

    /** The JSON document as the upstream writes it, passed on while it is read. */
    EditAnswer base64(UpstreamAnswer answer, Map<String, String> headers) {
        refuse(answer.streamed());
        InputStream body = answer.body();
        byte[] first = first(body);
        return new EditAnswer(false, headers, out -> {
            out.write(first);
            body.transferTo(out);
        });
    }

    /** The JSON document with each image hosted and a link in its place. Small, so it is whole before anything is sent. */
    EditAnswer links(UpstreamAnswer answer, Map<String, String> headers, URI linkBase) {
        refuse(answer.streamed());
        byte[] document = linkedImages.rewrite(answer.body(), linkBase);
        return new EditAnswer(false, headers, out -> out.write(document));
    }

    /** The events, each passed on when it comes. */
    EditAnswer events(UpstreamAnswer answer, Map<String, String> headers) {
        refuse(!answer.streamed());
        return new EditAnswer(true, headers, out -> events.relay(answer.body(), out));
    }

    private static void refuse(boolean wrongKind) {
        if (wrongKind) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
    }

    /** Waits for the body to begin, so that an upstream that dies before is still an error and no broken success. */
    private static byte[] first(InputStream body) {
        try {
            byte[] first = body.readNBytes(1);
            refuse(first.length == 0);
            return first;
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e);
        }
    }
}
