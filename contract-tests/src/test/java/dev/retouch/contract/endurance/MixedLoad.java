package dev.retouch.contract.endurance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

import dev.retouch.contract.endurance.MixedUpstream.Outcome;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;

/** Clients that edit until they are stopped, two of each {@link Kind}. */
final class MixedLoad {

    private static final int CLIENTS_OF_A_KIND = 2;
    private static final int MAX_PAUSE_MILLIS = 400;
    /** Long, because the circuit breaker stops attempts if half of them fail. */
    private static final int FAILURE_PAUSE_MILLIS = 4000;
    private static final int SLOW_READS = 20;
    private static final int SLOW_READ_MILLIS = 50;
    private static final int SMALL_BYTES = 10 << 10;
    private static final int LARGE_BYTES = 1 << 20;

    /** How a client behaves, and what it asks the upstream for. */
    enum Kind {
        SMALL(Outcome.SMALL), LARGE(Outcome.LARGE), STREAM(Outcome.EVENTS), UPSTREAM_ERROR(
                Outcome.ERROR), UPSTREAM_RESET(Outcome.RESET), SLOW_READER(Outcome.LARGE), LEAVES_WHILE_SENDING(
                        Outcome.LARGE), LEAVES_WHILE_WAITING(
                                Outcome.LARGE), LEAVES_WHILE_READING(Outcome.LARGE), LEAVES_STREAM(Outcome.EVENTS);

        private final Outcome outcome;

        Kind(Outcome outcome) {
            this.outcome = outcome;
        }

        private boolean fails() {
            return outcome == Outcome.ERROR || outcome == Outcome.RESET;
        }

        private Form form() {
            Form form = Form.empty().text("model", "gpt-image-1").text("prompt", outcome.name())
                    .text("size", "1024x1024").text("quality", "low");
            int bytes = outcome == Outcome.LARGE ? LARGE_BYTES : SMALL_BYTES;
            return (outcome == Outcome.EVENTS ? form.text("stream", "true").text("partial_images", "2") : form)
                    .file("image", "image.png", "image/png", Pictures.padded(Fixtures.image(), bytes));
        }
    }

    private final Endpoint gateway;
    private final Map<Kind, Long> edits = new ConcurrentSkipListMap<>();
    private final Queue<String> unexpected = new ConcurrentLinkedQueue<>();
    private final List<Thread> clients = new ArrayList<>();
    private volatile boolean going = true;

    MixedLoad(Endpoint gateway, long seed) {
        this.gateway = gateway;
        SplittableRandom random = new SplittableRandom(seed);
        for (Kind kind : Kind.values()) {
            Form form = kind.form();
            for (int client = 0; client < CLIENTS_OF_A_KIND; client++) {
                SplittableRandom own = random.split();
                clients.add(Thread.ofVirtual().name(kind.name()).start(() -> run(kind, form, own)));
            }
        }
    }

    /** The number of edits of each kind that ended as they should. */
    Map<Kind, Long> edits() {
        return Map.copyOf(edits);
    }

    /** What should not have happened, a line for each. */
    List<String> unexpected() {
        return List.copyOf(unexpected);
    }

    private void run(Kind kind, Form form, SplittableRandom random) {
        while (going) {
            try {
                String fault = edit(kind, form, random);
                if (fault.isEmpty()) {
                    edits.merge(kind, 1L, Long::sum);
                } else {
                    unexpected.add(kind + ": " + fault);
                }
                TimeUnit.MILLISECONDS.sleep(random.nextInt(kind.fails() ? FAILURE_PAUSE_MILLIS : MAX_PAUSE_MILLIS));
            } catch (IOException | RuntimeException e) {
                unexpected.add(kind + ": " + e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Returns what went wrong, or an empty text. */
    private String edit(Kind kind, Form form, SplittableRandom random) throws IOException, InterruptedException {
        return switch (kind) {
            case SMALL, LARGE -> unlessStatus(200, gateway.edit(form));
            case UPSTREAM_ERROR, UPSTREAM_RESET -> unlessStatus(502, gateway.edit(form));
            case STREAM -> stream(form);
            case SLOW_READER -> readSlowly(form);
            case LEAVES_STREAM -> leaveStream(form);
            case LEAVES_WHILE_SENDING, LEAVES_WHILE_WAITING, LEAVES_WHILE_READING -> leave(kind, form, random);
        };
    }

    private static String unlessStatus(int wanted, Reply reply) {
        return reply.status() == wanted ? "" : reply.status() + " " + reply.beginning();
    }

    private String stream(Form form) throws IOException {
        try (Events events = Events.of(gateway, form)) {
            List<Events.Event> all = events.all();
            return !all.isEmpty() && all.getLast().name().equals("image_edit.completed") ? "" : all.size() + " events";
        }
    }

    private String leaveStream(Form form) throws IOException {
        try (Events events = Events.of(gateway, form)) {
            String fault = events.next().isPresent() ? "" : "no event";
            events.vanish();
            return fault;
        }
    }

    /** Reads a twentieth of the response, waits, and so on. */
    private String readSlowly(Form form) throws IOException, InterruptedException {
        try (RawConnection connection = sent(form, form.bytes().length)) {
            Reply head = connection.headOfReply();
            int length = Integer.parseInt(head.header("content-length").orElse("0"));
            int read = 0;
            while (read < length) {
                int count = connection.read(Math.min(length - read, length / SLOW_READS + 1));
                if (count == 0) {
                    return "ended after " + read + " of " + length + " bytes";
                }
                read += count;
                TimeUnit.MILLISECONDS.sleep(SLOW_READ_MILLIS);
            }
            return unlessStatus(200, head);
        }
    }

    /** Leaves at a random moment of a phase, in good order or with a reset. */
    private String leave(Kind kind, Form form, SplittableRandom random) throws IOException, InterruptedException {
        int length = form.bytes().length;
        int sent = kind == Kind.LEAVES_WHILE_SENDING ? random.nextInt(length) : length;
        try (RawConnection connection = sent(form, sent)) {
            if (kind == Kind.LEAVES_WHILE_READING) {
                connection.headOfReply();
                connection.read(random.nextInt(LARGE_BYTES));
            } else {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(SLOW_READ_MILLIS));
            }
            if (random.nextBoolean()) {
                connection.reset();
            }
        }
        return "";
    }

    private RawConnection sent(Form form, int bytes) throws IOException {
        byte[] body = form.bytes();
        RawConnection connection = new RawConnection(gateway);
        connection.send(RawConnection.head(gateway, "Content-Type: " + form.contentType(),
                "Content-Length: " + body.length)).send(bytes == body.length ? body : Arrays.copyOf(body, bytes));
        return connection;
    }

    /** Waits until each client has ended its last edit. */
    void stop() throws InterruptedException {
        going = false;
        for (Thread client : clients) {
            client.join();
        }
    }
}
