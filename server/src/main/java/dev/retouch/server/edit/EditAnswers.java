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
 * asked for, so that nothing is silently less than that, and has it charged before the first byte of it goes out. So a
 * document waits in the spool until it is whole; an answer that breaks off is an error and no broken success.
 */
public final class EditAnswers {

    private final JsonFactory json;
    private final LinkedImages linkedImages;
    private final EventRelay events;
    private final Spool spool;
    private final Differences differences;

    /** Answers that host images with one step, relay events with another, and wait in the spool. */
    public EditAnswers(JsonFactory json, LinkedImages linkedImages, EventRelay events, Spool spool,
            Differences differences) {
        this.json = json;
        this.linkedImages = linkedImages;
        this.events = events;
        this.spool = spool;
        this.differences = differences;
    }

    /** Reads an answer into the spool and tells what is in it. */
    @FunctionalInterface
    private interface Reading {
        ReturnedImages into(Spool.Writer document) throws IOException;
    }

    /** The JSON document as the upstream writes it. */
    EditAnswer base64(UpstreamAnswer answer, Asked asked, Map<String, String> headers, Exchange exchange, Bill bill) {
        return document(answer, asked, headers, exchange, bill, document -> {
            ReturnedImages returned = new ReturnedImages();
            try (InputStream body = new CopyingStream(answer.body(), document)) {
                returned.lookAt(body, json);
            }
            return returned;
        });
    }

    /** The JSON document with each image hosted and a link in its place, or beside it. */
    EditAnswer links(UpstreamAnswer answer, Asked asked, Map<String, String> headers, URI linkBase, boolean both,
            Exchange exchange, Bill bill) {
        return document(answer, asked, headers, exchange, bill,
                document -> linkedImages.rewrite(answer.body(), document, linkBase, both));
    }

    private EditAnswer document(UpstreamAnswer answer, Asked asked, Map<String, String> headers, Exchange exchange,
            Bill bill, Reading reading) {
        refuse(answer.streamed());
        Spool.Writer document = exchange.closeLater(spool.newWriter());
        ReturnedImages returned;
        try {
            returned = reading.into(document);
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending();
        }
        refuse(returned.count() == 0);
        Map<String, String> told = compared(asked, returned, headers);
        told.putAll(bill.delivered(returned.count(), returned.usage()));
        ImageBytes whole = exchange.closeLater(document.finish());
        told.put("content-length", Long.toString(whole.size()));
        return new EditAnswer(false, told, out -> {
            try (InputStream in = whole.open()) {
                in.transferTo(out);
            }
        });
    }

    /** The events, each passed on when it comes. */
    EditAnswer events(UpstreamAnswer answer, Asked asked, Map<String, String> headers, Bill bill) {
        refuse(!answer.streamed());
        return new EditAnswer(true, headers, out -> events.relay(answer.body(), out, asked.images(), bill));
    }

    private Map<String, String> compared(Asked asked, ReturnedImages returned, Map<String, String> headers) {
        Map<String, String> told = new LinkedHashMap<>(headers);
        List<String> found = differences == Differences.IGNORE
                ? List.of()
                : asked.differences(returned.count(), returned.facts());
        if (!found.isEmpty()) {
            String difference = String.join("; ", found);
            if (differences == Differences.REFUSE) {
                throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_DIFFERS).with("difference", difference);
            }
            told.put("x-retouch-warning", difference);
        }
        return told;
    }

    private static void refuse(boolean noEdit) {
        if (noEdit) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
    }
}
