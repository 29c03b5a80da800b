package dev.retouch.server.answer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.storage.StorageException;

/** The parts of one answer on their way to a writer, counted, with links resolved for clients that want base64; and the ways in which it can fail. */
final class IncomingParts implements AnswerReader {

    static final String WARNING = "x-retouch-warning";

    private final RefusalPolicy refusals;
    private final LinkResolver resolver;
    private final AnswerMeter meter;
    private final AnswerBuffer buffer;
    private final Optional<ConvertedParts> converted;
    private final Optional<EnforcedParts> enforced;
    private final @Nullable String changes;
    /** Gets each failure before its end is in the ledger. */
    private final EditRecord record;
    private AnswerReader parts;

    IncomingParts(IncomingAnswer answer, ResponseContext context, HeldImages held, LinkResolver.Fetcher fetcher) {
        AnswerSource source = AnswerSource
                .of(new CancellableInputStream(answer.body(), context.exchange().cancellation()))
                .limitedTo(context.maxBytes());
        int count = context.requested().images();
        boolean resolved = answer.expiringLinks() || context.form() == OutputForm.BASE64
                || context.form() == OutputForm.BOTH || context.form() == OutputForm.EVENTS
                || context.changesImages();
        this.refusals = answer.refusals();
        this.record = context.exchange().record();
        this.resolver = new LinkResolver(answer.format().reader(source, held),
                url -> context.exchange().cancellation().interruptibly(() -> fetcher.fetch(url)),
                context.exchange()::closeLater, resolved ? count : 0, answer.expiringLinks());
        this.meter = new AnswerMeter(resolver, context.requested(), context.charge());
        this.buffer = new AnswerBuffer(meter, context.form() == OutputForm.EVENTS);
        this.converted = context.converter().map(converter -> new ConvertedParts(buffer, converter, held));
        AnswerReader images = converted.<AnswerReader>map(reader -> reader).orElse(buffer);
        this.enforced = context.mask()
                .map(mask -> new EnforcedParts(images, mask, held, context.form() == OutputForm.EVENTS));
        AnswerReader delivered = enforced.<AnswerReader>map(reader -> reader).orElse(images);
        this.parts = context.retained().keepsContent()
                ? new RetainedParts(delivered, context.retained(), held)
                : delivered;
        this.changes = context.headers().get(WARNING);
    }

    AnswerMeter meter() {
        return meter;
    }

    boolean fill(int maxChars) throws IOException {
        return buffer.fill(maxChars);
    }

    @Override
    public AnswerPart next() throws IOException {
        return parts.next();
    }

    /** Continues with a stored copy of the same parts, which have been counted. */
    IncomingParts readAgain(AnswerReader again) {
        parts = again;
        return this;
    }

    /** How the answer differs from what was asked for. */
    List<String> differences() {
        return meter.differences();
    }

    /** The headers that describe mismatches, unless the policy ignores them, and what was done with the mask. */
    Map<String, String> findings(MismatchPolicy mismatch) {
        List<String> found = new ArrayList<>(mismatch == MismatchPolicy.IGNORE ? List.of() : differences());
        if (resolver.hasFailed()) {
            found.add(LinkResolver.WARNING);
        }
        converted.ifPresent(reader -> found.addAll(reader.notes()));
        enforced.ifPresent(reader -> found.addAll(reader.notes()));
        if (!found.isEmpty() && changes != null) {
            found.addFirst(changes); // what was done to the images of the request
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (!found.isEmpty()) {
            headers.put(WARNING, String.join("; ", found));
        }
        enforced.ifPresent(reader -> headers.putAll(reader.header()));
        return headers;
    }

    /** The answer is whole and has no image: nothing is charged, and the upstream's reason is the client's. */
    RuntimeException withoutImage() {
        RuntimeException failure = recorded(failure());
        meter.withoutImage();
        return failure;
    }

    private <T extends Throwable> T recorded(T failure) {
        record.failed(failure);
        return failure;
    }

    /** What the upstream's reason becomes for the client. */
    RuntimeException failure() {
        return meter.refusal().map(refusal -> refusals.failure(refusal, 200)).orElseGet(IncomingParts::notAnEdit);
    }

    static ApiException notAnEdit() {
        return new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).afterDispatch();
    }

    /** The failure of an answer that broke off. */
    ApiException brokeOff(@Nullable Throwable cause) {
        return recorded(cause == null ? notAnEdit() : notAnEdit().withCause(cause));
    }

    /** The answer broke off, or is not in its format, before the client had any of it. */
    ApiException unreadable(UnreadableAnswerException cause) {
        ApiException failure = brokeOff(cause);
        meter.brokeOff(false);
        return failure;
    }

    /** The gateway could not keep the answer. */
    RuntimeException failedHere(IOException cause) {
        RuntimeException failure = recorded(StorageException.isIn(cause)
                ? new ApiException(ErrorMessage.OBJECT_STORE_FAILED).withCause(cause)
                : new UncheckedIOException(cause));
        meter.failedHere("the answer could not be stored");
        return failure;
    }

    /** The operator's policy refuses the answer, so the operator pays for it. */
    ApiException refused(ApiException failure) {
        ApiException sent = recorded(failure);
        meter.failedHere("the answer differs from what was asked for, and edits.differences is refuse");
        return sent;
    }

    /**
     * The edit was canceled while its answer arrived.
     *
     * @param whole whether the upstream had done all its work before it began to answer
     */
    void canceled(CanceledException cause, boolean whole) {
        recorded(cause);
        if (cause.reason() == Cancellation.Reason.STOPPING) {
            meter.failedHere("the gateway stopped");
        } else {
            meter.abandoned(whole, cause.reason().name());
        }
    }
}
