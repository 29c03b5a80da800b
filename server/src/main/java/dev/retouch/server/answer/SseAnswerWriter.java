package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.jspecify.annotations.Nullable;

/**
 * Writes server-sent events as OpenAI's image endpoints do: each partial image as it arrives, and one {@code completed} event for each
 * final image. The end of the last image that was asked for is held back until the edit is charged. If no usage has arrived by then, it
 * waits a moment for an event that brings it. Does not write error events.
 */
public final class SseAnswerWriter implements AnswerWriter {

    private static final String PARTIAL = "image_edit.partial_image";
    private static final String COMPLETED = "image_edit.completed";
    private static final String[] FACTS = {"size", "quality", "background", "output_format"};
    private static final Duration USAGE_WAIT = Duration.ofSeconds(1);

    private final RequestedOutput requested;
    private final EventBoundaries boundaries;
    private final ImageProgress progress;
    private final InstantSource clock;

    /**
     * Writes events.
     *
     * @param requested names what the upstream does not say of its images
     * @param boundaries learns where events begin and end
     * @param progress learns which images the client has
     * @param clock the time of images that name none
     */
    public SseAnswerWriter(RequestedOutput requested, EventBoundaries boundaries, ImageProgress progress,
            InstantSource clock) {
        this.requested = requested;
        this.boundaries = boundaries;
        this.progress = progress;
        this.clock = clock;
    }

    @Override
    public void write(AnswerReader parts, OutputStream out, CommitPoint commit) throws IOException {
        Events events = new Events(new AnswerOutput(out), commit);
        try {
            AnswerPart part = parts.next();
            while (!(part instanceof AnswerEnd)) {
                events.write(part);
                part = parts.next();
            }
            events.finish();
        } catch (UnreadableAnswerException e) {
            if (!events.finishAll()) {
                throw e;
            }
        } finally {
            events.close();
        }
    }

    /** The events of one answer. */
    private final class Events {

        private final AnswerOutput out;
        private final CommitPoint commit;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final Map<String, JsonNode> facts = new LinkedHashMap<>();
        private Map<String, JsonNode> members = new LinkedHashMap<>();
        private boolean inImage;
        private boolean isFinal;
        private boolean held;
        private boolean closed;
        private boolean committed;
        private int finals;
        private @Nullable AnswerUsage usage;
        private boolean anyUsage;
        private @Nullable IOException failure;

        Events(AnswerOutput out, CommitPoint commit) {
            this.out = out;
            this.commit = commit;
        }

        void write(AnswerPart part) throws IOException {
            lock.lock();
            try {
                if (part instanceof AnswerUsage reported) {
                    usage = reported;
                    anyUsage = true;
                }
                release();
                switch (part) {
                    case PartialImage image -> begin(PARTIAL, image.payload(), image.members());
                    case FinalImage image -> begin(COMPLETED, image.payload(), image.members());
                    case AnswerMetadata metadata -> facts.putAll(metadata.members());
                    case ImageEnd end -> end(end);
                    case AnswerUsage _,Refusal _,AnswerEnd _ -> {
                        // usage leaves with the end of its image, a refusal as an error event
                    }
                }
            } finally {
                lock.unlock();
            }
        }

        private void begin(String name, ImagePayload payload, Map<String, JsonNode> before) throws IOException {
            isFinal = name.equals(COMPLETED);
            inImage = true;
            usage = null;
            members = new LinkedHashMap<>(before);
            boundaries.begin();
            out.text("event: " + name + "\ndata: {\"type\":\"" + name + "\",");
            ImageForm.BASE64.write(payload, out, () -> {
                throw new IllegalStateException("base64 needs no link");
            });
        }

        private void end(ImageEnd end) throws IOException {
            if (!inImage) {
                return;
            }
            inImage = false;
            members.putAll(end.members());
            if (!isFinal) {
                endEvent();
                progress.partialImage();
                return;
            }
            finals++;
            held = true;
            if (finals < requested.images() || anyUsage) {
                release();
            } else {
                Thread.ofVirtual().name("usage-wait").start(this::releaseLater);
            }
        }

        /** Lets the end of an image go that was held back. */
        private void release() throws IOException {
            IOException before = failure;
            if (before != null) {
                throw before;
            }
            if (!held) {
                return;
            }
            held = false;
            if (finals >= requested.images()) {
                commit();
            }
            endEvent();
            progress.finalImage();
            if (finals >= requested.images()) {
                commit.written();
            }
        }

        private void releaseLater() {
            lock.lock();
            try {
                long left = USAGE_WAIT.toNanos();
                while (held && !closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
                if (!closed) {
                    release();
                }
            } catch (IOException e) {
                failure = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                lock.unlock();
            }
        }

        private void commit() throws IOException {
            if (!committed) {
                committed = true;
                commit.commit();
            }
        }

        private void endEvent() throws IOException {
            Map<String, JsonNode> all = new LinkedHashMap<>();
            JsonNode created = facts.get("created");
            all.put("created_at", created == null
                    ? JsonNodeFactory.instance.numberNode(clock.instant().getEpochSecond())
                    : created);
            for (String fact : FACTS) {
                all.put(fact, JsonNodeFactory.instance.textNode(requested.parameters().getOrDefault(fact, "auto")));
            }
            all.putAll(facts);
            all.remove("created");
            all.putAll(members);
            all.remove("type");
            AnswerUsage reported = usage;
            if (isFinal && reported != null) {
                reported.toDocument().ifPresent(used -> all.put("usage", used));
            }
            out.membersAfter(all);
            out.text("}\n\n");
            out.flush();
            boundaries.end();
        }

        void finish() throws IOException {
            lock.lock();
            try {
                release();
                if (finals > 0) {
                    commit();
                }
                out.flush();
            } finally {
                lock.unlock();
            }
        }

        /** Lets the last image go that was held back; whether that was all that was asked for, so that nothing is missing. */
        boolean finishAll() throws IOException {
            lock.lock();
            try {
                release();
                return finals >= requested.images();
            } finally {
                lock.unlock();
            }
        }

        void close() {
            lock.lock();
            try {
                closed = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
