package dev.retouch.server.edit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonFactory;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.price.TokenUsage;

/**
 * Passes server-sent events on as they come. Only an event that ends something waits until it is whole, so that it is
 * charged before it is delivered; and a stream never just stops: where the upstream breaks off before an event that ends it,
 * an {@code error} event does. What is left out is whatever would end it a second time.
 */
public final class EventRelay {

    private final JsonFactory json;
    private final Spool spool;
    private final ErrorEvents errors;
    private final Duration keepAlive;

    /**
     * Events that have to wait do so in this spool.
     *
     * @param errors how a failure is told in a stream
     * @param keepAlive after how much silence a comment is written; zero for never
     */
    public EventRelay(JsonFactory json, Spool spool, ErrorEvents errors, Duration keepAlive) {
        this.json = json;
        this.spool = spool;
        this.errors = errors;
        this.keepAlive = keepAlive;
    }

    /**
     * Passes everything on. A caller that went away ends it with an {@link IOException}.
     *
     * @param asked how many images the stream is to deliver
     * @param bill told how it ended
     * @return what is known only at the end, for the trailers
     */
    Map<String, String> relay(InputStream events, OutputStream client, int asked, Bill bill, Exchange exchange)
            throws IOException {
        Progress progress = new Progress(asked, bill);
        try (KeepAlive out = new KeepAlive(client, KeepAlive.COMMENT, keepAlive, exchange.cancellation())) {
            progress.to(out);
            boolean broken = copy(events, out, progress);
            if (!progress.finish(broken)) {
                errors.write(new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT), exchange.id(), out);
            }
            return progress.told();
        } catch (CanceledException e) {
            progress.abandon(e.reason().name());
            if (e.reason() == Cancellation.Reason.CLIENT_GONE) {
                throw new IOException("the client went away", e);
            }
            errors.write(e, exchange.id(), client);
            return progress.told();
        } catch (IOException e) {
            progress.abandon(Cancellation.Reason.CLIENT_GONE.name());
            throw e;
        }
    }

    /** Whether it broke off. */
    private boolean copy(InputStream events, KeepAlive out, Progress progress) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        try (EventSplitter splitter = new EventSplitter(spool, out, progress)) {
            while (true) {
                int count;
                try {
                    count = events.read(buffer);
                } catch (IOException e) {
                    return true;
                }
                if (count < 0) {
                    return false;
                }
                splitter.take(buffer, count);
            }
        }
    }

    /** What has come so far, of what was asked for. */
    private final class Progress implements EventSplitter.WholeEvent {

        private final int asked;
        private final Bill bill;
        private @Nullable KeepAlive out;
        private int completed;
        private boolean partial;
        private boolean failed;
        private boolean known;
        private Map<String, String> told = Map.of();
        private Optional<TokenUsage> usage = Optional.empty();

        Progress(int asked, Bill bill) {
            this.asked = asked;
            this.bill = bill;
        }

        void to(KeepAlive stream) {
            out = stream;
        }

        Map<String, String> told() {
            return told;
        }

        @Override
        public void partial() {
            partial = true;
        }

        /** Looks at an event that was held back, then lets it go, unless all has ended before or nobody can read it. */
        @Override
        public void take(ImageBytes event) throws IOException {
            EventFacts facts = EventFacts.of(event, json);
            boolean over = failed || completed >= asked;
            if (facts.spoilt() || (over && (facts.completed() || facts.error()))) {
                return;
            }
            if (facts.completed()) {
                completed++;
                facts.usage().ifPresent(more -> usage = Optional.of(usage.orElse(TokenUsage.NONE).plus(more)));
            }
            failed = failed || facts.error();
            if (completed >= asked || failed) {
                tell();
            }
            KeepAlive client = Objects.requireNonNull(out);
            client.begin();
            try (InputStream in = event.open()) {
                in.transferTo(client);
            }
            client.end();
            client.flush();
        }

        /** Whether the stream ended as streams should. */
        boolean finish(boolean broken) {
            boolean ended = failed || completed >= asked || (completed > 0 && !broken);
            tell();
            return ended;
        }

        /** The upstream has had its say: it is settled by what was delivered. */
        private void tell() {
            if (known) {
                return;
            }
            known = true;
            if (completed > 0) {
                told = bill.delivered(completed, usage);
            } else {
                bill.failed(false, failed ? "the upstream's stream ended in an error" : "the stream broke off");
            }
        }

        /** The upstream was stopped on its way. Whoever has seen a partial image has had the work of the whole one. */
        void abandon(String why) {
            if (known) {
                return;
            }
            known = true;
            if (completed > 0 || partial) {
                bill.delivered(Math.max(1, completed), usage);
            } else {
                bill.abandoned(why);
            }
        }
    }
}
