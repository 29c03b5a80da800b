package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.core.JsonFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.upstream.UpstreamAnswer;

/**
 * Turns the upstream's answer into the caller's: as it is, with links, or as events. Compares what came with what was
 * asked for, so that nothing is silently less than that, and has it charged before the last byte of it goes out.
 *
 * <p>A document is passed on while it comes. Only one that has to be whole first waits in the spool: because it is short, because
 * links stand in the place of its images, or because it is to be refused where it differs.
 */
public final class EditAnswers {

    /** A document up to this length is waited for: its caller is told in headers what others are told in trailers. */
    private static final int SHORT = 32 * 1024;

    private final JsonFactory json;
    private final LinkedImages linkedImages;
    private final EventRelay events;
    private final Spool spool;
    private final Differences differences;
    private final PassedAnswer passed;
    private final JsonAsEvents jsonAsEvents;

    /** Answers that host images with one step, relay events with another, and wait in the spool. */
    public EditAnswers(JsonFactory json, LinkedImages linkedImages, EventRelay events, Spool spool,
            Differences differences) {
        this.json = json;
        this.linkedImages = linkedImages;
        this.events = events;
        this.spool = spool;
        this.differences = differences;
        this.passed = new PassedAnswer(json);
        this.jsonAsEvents = new JsonAsEvents(json);
    }

    /** Reads an answer into the spool and tells what is in it. */
    @FunctionalInterface
    private interface Reading {
        ReturnedImages into(Spool.Writer document) throws IOException;
    }

    /** The JSON document as the upstream writes it. */
    EditAnswer base64(UpstreamAnswer answer, Delivery delivery) {
        refuseEvents(answer);
        InputStream body = interruptible(answer, delivery);
        byte[] head = new byte[0];
        if (differences != Differences.REFUSE) {
            head = beginning(body);
            if (head.length == SHORT && passed.beginsAsEdit(head)) {
                return passedOn(join(head, body), delivery);
            }
        }
        InputStream whole = join(head, body);
        return answer(document(delivery, document -> copy(whole, document)), delivery);
    }

    /** The JSON document with each image hosted and a link in its place, or beside it. */
    EditAnswer links(UpstreamAnswer answer, Delivery delivery, boolean both) {
        refuseEvents(answer);
        InputStream body = interruptible(answer, delivery);
        return answer(document(delivery,
                document -> linkedImages.rewrite(body, document, delivery.linkBase(), both)), delivery);
    }

    /** The events, each passed on when it comes. An upstream that answers with a document has no events: they are made of it. */
    EditAnswer events(UpstreamAnswer answer, Delivery delivery) {
        InputStream body = interruptible(answer, delivery);
        Map<String, String> headers = new LinkedHashMap<>(delivery.headers());
        if (!answer.streamed()) {
            Document document = document(delivery, target -> copy(body, target));
            headers.putAll(document.told());
            return new EditAnswer(true, headers, out -> {
                jsonAsEvents.write(document.bytes(), out, delivery.asked().parameters());
                return Map.of();
            });
        }
        headers.put("trailer", "x-retouch-cost");
        return new EditAnswer(true, headers, out -> events.relay(body,
                new ClientStream(out, delivery.outlastsClient()), delivery.asked().images(), delivery.bill(),
                delivery.exchange()));
    }

    private EditAnswer passedOn(InputStream body, Delivery delivery) {
        Map<String, String> headers = new LinkedHashMap<>(delivery.headers());
        headers.put("trailer", String.join(", ", EditAnswer.TRAILERS));
        return new EditAnswer(false, headers, out -> passed.pass(body, out, delivery, returned -> {
            Map<String, String> told = new LinkedHashMap<>(compared(delivery.asked(), returned));
            told.putAll(delivery.bill().delivered(returned.count(), returned.usage()));
            delivery.place().close();
            return told;
        }));
    }

    /**
     * An answer that is whole, and charged.
     *
     * @param told what the caller is told beside it
     */
    private record Document(ImageBytes bytes, Map<String, String> told) {}

    private Document document(Delivery delivery, Reading reading) {
        Spool.Writer document = delivery.exchange().closeLater(spool.newWriter());
        ReturnedImages returned;
        try {
            returned = reading.into(document);
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending();
        }
        refuse(returned.count() == 0);
        Map<String, String> told = new LinkedHashMap<>(compared(delivery.asked(), returned));
        told.putAll(delivery.bill().delivered(returned.count(), returned.usage()));
        // the upstream is done with it; a caller who reads slowly keeps nobody else waiting
        delivery.place().close();
        return new Document(delivery.exchange().closeLater(document.finish()), told);
    }

    private static EditAnswer answer(Document document, Delivery delivery) {
        Map<String, String> headers = new LinkedHashMap<>(delivery.headers());
        headers.putAll(document.told());
        headers.put("content-length", Long.toString(document.bytes().size()));
        return new EditAnswer(false, headers, out -> {
            try (InputStream in = document.bytes().open()) {
                in.transferTo(out);
            }
            return Map.of();
        });
    }

    private ReturnedImages copy(InputStream answer, Spool.Writer document) throws IOException {
        ReturnedImages returned = new ReturnedImages();
        try (InputStream body = new CopyingStream(answer, document)) {
            returned.lookAt(body, json);
        }
        return returned;
    }

    private static InputStream interruptible(UpstreamAnswer answer, Delivery delivery) {
        return new InterruptibleStream(answer.body(), delivery.exchange().cancellation());
    }

    private static byte[] beginning(InputStream body) {
        try {
            return body.readNBytes(SHORT);
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending();
        }
    }

    private static InputStream join(byte[] head, InputStream rest) {
        return head.length == 0 ? rest : new SequenceInputStream(new ByteArrayInputStream(head), rest);
    }

    /** What the caller is told where something else came than was asked for. */
    private Map<String, String> compared(Asked asked, ReturnedImages returned) {
        List<String> found = differences == Differences.IGNORE
                ? List.of()
                : asked.differences(returned.count(), returned.facts());
        if (found.isEmpty()) {
            return Map.of();
        }
        String difference = String.join("; ", found);
        if (differences == Differences.REFUSE) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_DIFFERS).with("difference", difference);
        }
        return Map.of("x-retouch-warning", difference);
    }

    private static void refuseEvents(UpstreamAnswer answer) {
        if (answer.streamed()) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).afterSending();
        }
    }

    private static void refuse(boolean noEdit) {
        if (noEdit) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
    }
}
