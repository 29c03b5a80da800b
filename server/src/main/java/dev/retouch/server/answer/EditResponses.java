package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/**
 * Turns an upstream's answer into the client's response, in the form that the client asked for. Compares the answer
 * with the request, and settles the charge before the last bytes of the response are sent.
 *
 * <p>A document with base64 passes through while it arrives. An answer is read to its end first if it is short, if
 * links replace its images, if its images are changed, or if a mismatch may refuse it. Its cost is then in the headers.
 */
public final class EditResponses {

    /** An answer with less base64 than this is read to its end before its headers leave. */
    private static final int SHORT = 32 * 1024;

    private final Spool spool;
    private final MismatchPolicy mismatch;
    private final LinkResolver.Fetcher links;
    private final EventRelay events;
    private final InstantSource clock;

    /**
     * Responses.
     *
     * @param spool keeps what has to be whole first
     * @param mismatch what to do where the answer differs from what was asked for
     * @param links fetches images that an upstream left behind links
     * @param events writes streams
     * @param clock the time of answers that name none
     */
    public EditResponses(Spool spool, MismatchPolicy mismatch, LinkResolver.Fetcher links, EventRelay events,
            InstantSource clock) {
        this.spool = spool;
        this.mismatch = mismatch;
        this.links = links;
        this.events = events;
        this.clock = clock;
    }

    /** The response to an edit that an upstream answered. */
    public EditResponse of(IncomingAnswer answer, ResponseContext context) {
        IncomingParts parts = new IncomingParts(answer, context, heldImages(context), links);
        boolean streamed = context.form() == OutputForm.EVENTS;
        if (streamed && answer.events()) {
            return stream(parts, context, context.headers());
        }
        if (context.form() == OutputForm.TASK) {
            return stored(parts, context); // reading ahead would delay the progress of the task
        }
        boolean whole = begin(parts);
        if (context.changesImages()) {
            return streamed ? storedStream(parts, context) : stored(parts, context);
        }
        if (streamed && mismatch != MismatchPolicy.REFUSE) {
            return whole
                    ? stream(parts, context, settled(parts, context))
                    : stream(parts, context, context.headers());
        }
        if (streamed) {
            return storedStream(parts, context);
        }
        return context.form() == OutputForm.BASE64 && mismatch != MismatchPolicy.REFUSE && !whole
                ? passed(parts, context)
                : stored(parts, context);
    }

    private HeldImages heldImages(ResponseContext context) {
        return new HeldImages(spool, context.exchange()::closeLater);
    }

    /** Reads ahead; an answer that turns out to have no image becomes a failure while there is still a status to say so. */
    private static boolean begin(IncomingParts parts) {
        try {
            boolean whole = parts.fill(SHORT);
            if (whole && parts.meter().images() == 0) {
                throw parts.withoutImage();
            }
            return whole;
        } catch (UnreadableAnswerException e) {
            throw parts.unreadable(e);
        } catch (IOException e) {
            throw parts.failedHere(e);
        }
    }

    private AnswerWriter writer(ResponseContext context) {
        return switch (context.form()) {
            case BASE64, EVENTS -> new JsonAnswerWriter(clock);
            case LINKS -> new HostedAnswerWriter(context.host(), false, clock);
            case BOTH -> new HostedAnswerWriter(context.host(), true, clock);
            case TASK -> new TaskResultWriter(context.host(), context.progress(), clock);
        };
    }

    /** A document that passes through while it arrives. */
    private EditResponse passed(IncomingParts parts, ResponseContext context) {
        return new EditResponse(false, context.withTrailers(context.headers()), out -> pass(parts, context, out));
    }

    private Map<String, String> pass(IncomingParts parts, ResponseContext context, OutputStream out)
            throws IOException {
        ClientOutputStream client = new ClientOutputStream(out, context.ignoreDisconnect());
        AnswerMeter meter = parts.meter();
        Map<String, String> trailers = new LinkedHashMap<>();
        try {
            writer(context).write(parts, client, commitPoint(parts, context, trailers));
            return trailers;
        } catch (CanceledException e) {
            parts.canceled(e, true);
            throw new IOException("the response was not taken", e);
        } catch (UnreadableAnswerException e) {
            throw parts.unreadable(e);
        } catch (IOException e) {
            if (client.isGone()) {
                meter.abandoned(true, "the client disconnected");
            } else {
                meter.failedHere("the response could not be stored");
            }
            throw e;
        }
    }

    /** A document that is whole and charged before its first byte leaves. */
    private EditResponse stored(IncomingParts parts, ResponseContext context) {
        ImageBytes document = document(parts, context);
        Map<String, String> headers = settled(parts, context);
        headers.put("content-length", Long.toString(document.size()));
        return new EditResponse(false, headers, out -> {
            try (InputStream in = document.open()) {
                in.transferTo(out);
            }
            return Map.of();
        });
    }

    private ImageBytes document(IncomingParts parts, ResponseContext context) {
        try {
            Spool.Writer document = context.exchange().closeLater(spool.newWriter());
            writer(context).write(parts, document, () -> {
                // charged when all of it is kept
            });
            if (parts.meter().images() == 0) {
                throw parts.withoutImage();
            }
            refuseDifferences(parts);
            return context.exchange().closeLater(document.finish());
        } catch (UnreadableAnswerException e) {
            throw parts.unreadable(e);
        } catch (IOException e) {
            throw parts.failedHere(e);
        } catch (CanceledException e) {
            parts.canceled(e, true);
            throw e;
        }
    }

    /** An answer that may be refused has to be whole before its stream begins. */
    private EditResponse storedStream(IncomingParts parts, ResponseContext context) {
        ImageBytes document = document(parts, context);
        Map<String, String> headers = settled(parts, context);
        return new EditResponse(true, headers, out -> {
            try (InputStream in = document.open()) {
                AnswerReader again = new JsonAnswerReader(AnswerSource.of(in), heldImages(context));
                return relay(parts.readAgain(again), context, out);
            }
        });
    }

    private EditResponse stream(IncomingParts parts, ResponseContext context, Map<String, String> headers) {
        return new EditResponse(true, context.withTrailers(headers), out -> relay(parts, context, out));
    }

    private Map<String, String> relay(IncomingParts parts, ResponseContext context, OutputStream out)
            throws IOException {
        Map<String, String> trailers = new LinkedHashMap<>();
        events.relay(parts, context, out, commitPoint(parts, context, trailers));
        return trailers;
    }

    private CommitPoint commitPoint(IncomingParts parts, ResponseContext context, Map<String, String> trailers) {
        return new CommitPoint() {
            @Override
            public void commit() {
                trailers.putAll(settle(parts, context));
            }

            @Override
            public void written() throws IOException {
                Optional<DurableEdit> durable = context.exchange().durable();
                if (durable.isPresent()) {
                    durable.get().written(trailers);
                }
            }
        };
    }

    private void refuseDifferences(IncomingParts parts) {
        List<String> found = parts.differences();
        if (mismatch == MismatchPolicy.REFUSE && !found.isEmpty()) {
            throw parts.refused(new ApiException(ErrorMessage.UPSTREAM_ANSWER_DIFFERS)
                    .withArgument("difference", String.join("; ", found)).afterDispatch());
        }
    }

    private Map<String, String> settled(IncomingParts parts, ResponseContext context) {
        Map<String, String> headers = new LinkedHashMap<>(context.headers());
        headers.putAll(settle(parts, context));
        return headers;
    }

    /** The commit point: the edit is charged, and the slot is free for the next one. */
    private Map<String, String> settle(IncomingParts parts, ResponseContext context) {
        Map<String, String> known = new LinkedHashMap<>(parts.findings(mismatch));
        context.exchange().record().history().warned(known.get(IncomingParts.WARNING));
        known.putAll(parts.meter().settle());
        context.slot().run();
        return known;
    }
}
