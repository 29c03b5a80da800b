package dev.retouch.mock.wire;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Response;

import dev.retouch.mock.journal.Outcome;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.CutStream;
import dev.retouch.mock.scenario.Scenario.Delay;
import dev.retouch.mock.scenario.Scenario.LargeAnswer;
import dev.retouch.mock.scenario.Scenario.MalformedSse;
import dev.retouch.mock.scenario.Scenario.Truncate;
import dev.retouch.mock.scenario.Script;
import dev.retouch.mock.wire.Answer.Document;
import dev.retouch.mock.wire.Answer.Events;

/** Writes a response, with the faults of its scenarios. */
final class ResponseSender {

    private static final Duration LOOK = Duration.ofMillis(25);

    /** Thrown through an event source that must stop because the connection ends early. */
    private static final class StreamOver extends IOException {
        private static final long serialVersionUID = 1L;
        private final Outcome outcome;

        StreamOver(Outcome outcome) {
            this.outcome = outcome;
        }
    }

    private final RequestContext visit;
    private final Script script;
    private int events;

    ResponseSender(RequestContext visit, Script script) {
        this.visit = visit;
        this.script = script;
    }

    Outcome deliver(Answer answer) throws IOException {
        waitFor(script.find(Delay.class).map(Delay::beforeAnswer).orElse(Duration.ZERO));
        if (script.has(Scenario.Reset.class)) {
            return Outcome.RESET;
        }
        if (visit.socket().clientIsGone()) {
            return farewell(answer);
        }
        return switch (answer) {
            case Document document -> document(padded(document));
            case Events stream -> events(stream);
        };
    }

    private Outcome document(Document document) throws IOException {
        long length = document.content().length();
        Response response = begin(document.status(), document.headers());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, document.contentType());
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, length);
        if (script.find(Truncate.class).isPresent()) {
            long after = script.find(Truncate.class).orElseThrow().afterBytes().orElse(length / 2);
            AnswerStream out = new AnswerStream(response, visit::nothing);
            document.content().writeTo(new FirstBytes(out, Math.min(after, length - 1)));
            out.flush();
            return Outcome.CUT_SHORT;
        }
        try (AnswerStream out = new AnswerStream(response, visit::answered)) {
            document.content().writeTo(out);
        }
        return Outcome.ANSWERED;
    }

    /** A client that closed only its sending side within a body may still receive the error. */
    private Outcome farewell(Answer answer) throws IOException {
        if (answer instanceof Document refusal && refusal.status() >= 400) {
            document(refusal);
        }
        return Outcome.CLIENT_GONE;
    }

    private Outcome events(Events stream) throws IOException {
        Response response = begin(200, Map.of());
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-cache");
        AnswerStream out = new AnswerStream(response, visit::answered);
        out.flush();
        try {
            stream.source().sendTo((event, data) -> send(out, event, data));
            if (script.has(Truncate.class)) {
                return Outcome.CUT_SHORT;
            }
        } catch (StreamOver over) {
            if (over.outcome != Outcome.ANSWERED) {
                return over.outcome;
            }
        }
        out.close();
        return Outcome.ANSWERED;
    }

    private void send(OutputStream out, String event, ResponseBody data) throws IOException {
        if (script.find(CutStream.class).filter(cut -> cut.afterEvents() <= events).isPresent()) {
            throw new StreamOver(Outcome.CUT_SHORT);
        }
        if (events > 0) {
            waitFor(script.find(Delay.class).map(Delay::betweenEvents).orElse(Duration.ZERO));
        }
        if (visit.socket().clientIsGone()) {
            throw new StreamOver(Outcome.CLIENT_GONE);
        }
        out.write(("event: " + event + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        boolean malformed = script.find(MalformedSse.class).filter(here -> here.atEvent() == events).isPresent();
        if (malformed) {
            out.write("{\"type\":\"".getBytes(StandardCharsets.UTF_8));
        } else {
            data.writeTo(out);
        }
        out.write("\n\n".getBytes(StandardCharsets.UTF_8));
        out.flush();
        events++;
        if (malformed) {
            throw new StreamOver(Outcome.ANSWERED);
        }
    }

    private Response begin(int status, Map<String, String> headers) {
        Response response = visit.response();
        visit.answering(status);
        response.setStatus(status);
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        return response;
    }

    /** Waits in small steps, to detect a disconnect soon. */
    private void waitFor(Duration duration) throws IOException {
        long until = System.nanoTime() + duration.toNanos();
        for (long left = duration.toNanos(); left > 0; left = until - System.nanoTime()) {
            try {
                Thread.sleep(Duration.ofNanos(Math.min(left, LOOK.toNanos())));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
            if (visit.socket().clientIsGone()) {
                throw new StreamOver(Outcome.CLIENT_GONE);
            }
        }
    }

    private Document padded(Document document) {
        return script.find(LargeAnswer.class).map(large -> {
            ResponseBody content = out -> document.content().writeTo(new Padding(out, large.megabytes()));
            return new Document(document.status(), document.headers(), document.contentType(), content);
        }).orElse(document);
    }

    /** Writes only the first bytes. */
    private static final class FirstBytes extends FilterOutputStream {

        private long left;

        FirstBytes(OutputStream out, long most) {
            super(out);
            this.left = most;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            int fits = (int) Math.min(left, length);
            out.write(bytes, offset, fits);
            left -= fits;
        }
    }

    /** Puts a long member before the others of a JSON object. */
    private static final class Padding extends FilterOutputStream {

        private final int megabytes;
        private boolean begun;

        Padding(OutputStream out, int megabytes) {
            super(out);
            this.megabytes = megabytes;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[]{(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (begun || length == 0 || bytes[offset] != '{') {
                out.write(bytes, offset, length);
                return;
            }
            begun = true;
            byte[] block = "UmV0b3VjaCBt".repeat(1024).getBytes(StandardCharsets.US_ASCII);
            out.write("{\"padding\":\"".getBytes(StandardCharsets.US_ASCII));
            for (long written = 0; written < megabytes * 1024L * 1024; written += block.length) {
                out.write(block);
            }
            out.write("\",".getBytes(StandardCharsets.US_ASCII));
            out.write(bytes, offset + 1, length - 1);
        }
    }

    static Outcome outcomeOf(IOException failure) {
        return failure instanceof StreamOver over ? over.outcome : Outcome.CLIENT_GONE;
    }
}
