package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.upstream.UpstreamAnswer;

/**
 * Turns the upstream's answer into the caller's: as it is, with links, or as events. Compares what came with what was
 * asked for, so that nothing is silently less than that.
 */
public final class EditAnswers {

    /** Enough of an answer to see the first bytes of its first image. */
    private static final int BEGINNING = 32 * 1024;

    private final JsonFactory json;
    private final LinkedImages linkedImages;
    private final EventRelay events;
    private final Spool spool;
    private final Differences differences;

    /** Answers that host images with one step, relay events with another, and wait in the spool where they must. */
    public EditAnswers(JsonFactory json, LinkedImages linkedImages, EventRelay events, Spool spool,
            Differences differences) {
        this.json = json;
        this.linkedImages = linkedImages;
        this.events = events;
        this.spool = spool;
        this.differences = differences;
    }

    /** The JSON document as the upstream writes it. One image passes while it is read; several wait until all are there. */
    EditAnswer base64(UpstreamAnswer answer, Asked asked, Map<String, String> headers, Exchange exchange) {
        refuse(answer.streamed());
        try {
            if (differences == Differences.IGNORE || asked.images() == 1) {
                return passed(answer, asked, headers);
            }
            Spool.Writer document = exchange.closeLater(spool.newWriter());
            answer.body().transferTo(document);
            ImageBytes whole = exchange.closeLater(document.finish());
            ReturnedImages returned = new ReturnedImages();
            try (InputStream in = whole.open()) {
                returned.lookAt(in, json);
            }
            refuse(returned.count() == 0);
            return answer(whole, compared(asked, returned, headers));
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e);
        }
    }

    /** With the upstream's length, so that an answer which breaks off on the way is too short for everybody. */
    private EditAnswer passed(UpstreamAnswer answer, Asked asked, Map<String, String> headers) throws IOException {
        InputStream body = answer.body();
        // also waits for the body to begin: an upstream that dies before is an error and no broken success
        byte[] beginning = body.readNBytes(BEGINNING);
        refuse(beginning.length == 0);
        ReturnedImages returned = new ReturnedImages();
        boolean seen = returned.lookAtBeginning(beginning, json);
        boolean whole = beginning.length < BEGINNING;
        refuse(whole && returned.count() == 0);
        Map<String, String> told = new LinkedHashMap<>(seen || whole ? compared(asked, returned, headers) : headers);
        answer.length().ifPresent(length -> told.put("content-length", Long.toString(length)));
        return new EditAnswer(false, told, out -> {
            out.write(beginning);
            body.transferTo(out);
        });
    }

    /** The JSON document with each image hosted and a link in its place, or beside it. Whole before anything is sent. */
    EditAnswer links(UpstreamAnswer answer, Asked asked, Map<String, String> headers, URI linkBase, boolean both,
            Exchange exchange) {
        refuse(answer.streamed());
        Spool.Writer document = exchange.closeLater(spool.newWriter());
        try {
            ReturnedImages returned = linkedImages.rewrite(answer.body(), document, linkBase, both);
            refuse(returned.count() == 0);
            return answer(exchange.closeLater(document.finish()), compared(asked, returned, headers));
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e);
        }
    }

    /** The events, each passed on when it comes. */
    EditAnswer events(UpstreamAnswer answer, Map<String, String> headers) {
        refuse(!answer.streamed());
        return new EditAnswer(true, headers, out -> events.relay(answer.body(), out));
    }

    private static EditAnswer answer(ImageBytes document, Map<String, String> headers) {
        return new EditAnswer(false, headers, out -> {
            try (InputStream in = document.open()) {
                in.transferTo(out);
            }
        });
    }

    private Map<String, String> compared(Asked asked, ReturnedImages returned, Map<String, String> headers) {
        List<String> found = differences == Differences.IGNORE
                ? List.of()
                : asked.differences(returned.count(), returned.facts());
        if (found.isEmpty()) {
            return headers;
        }
        String difference = String.join("; ", found);
        if (differences == Differences.REFUSE) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_DIFFERS).with("difference", difference);
        }
        Map<String, String> told = new LinkedHashMap<>(headers);
        told.put("x-retouch-warning", difference);
        return told;
    }

    private static void refuse(boolean noEdit) {
        if (noEdit) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
    }
}
