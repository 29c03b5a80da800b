package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;

/** A provider that accepts edits and is polled. Its pictures are at a second server, which must never get the key. */
abstract class PollVendor extends ScriptedVendor {

    private final Delivery delivery = new Delivery();
    private final Deque<Reply> states = new ArrayDeque<>();
    private final List<JsonNode> submitted = new CopyOnWriteArrayList<>();
    private final AtomicInteger ids = new AtomicInteger();

    PollVendor() throws IOException {
        super();
    }

    /** The server of results. */
    static final class Delivery extends ScriptedVendor {

        Delivery() throws IOException {
            super();
        }

        @Override
        Reply answer(Received request) {
            return Reply.whole(200, "image/png", picture(64, 64));
        }

        @Override
        boolean isScripted(Received request) {
            return true;
        }
    }

    Delivery delivery() {
        return delivery;
    }

    /** The next polls get these states before the usual one. */
    synchronized void states(Reply... replies) {
        states.addAll(List.of(replies));
    }

    synchronized Reply state(Reply usual) {
        Reply next = states.poll();
        return next == null ? usual : next;
    }

    String accept(JsonNode document) {
        submitted.add(document);
        return "task-" + ids.incrementAndGet();
    }

    List<JsonNode> submitted() {
        return submitted;
    }

    /** The link of a result. */
    String link() {
        return delivery.base() + "/result/picture.png?sig=abc";
    }

    @Override
    public void close() {
        delivery.close();
        super.close();
    }
}
