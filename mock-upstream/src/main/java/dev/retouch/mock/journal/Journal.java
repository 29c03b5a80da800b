package dev.retouch.mock.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Records the last requests, oldest first, and the number of requests in flight. */
public final class Journal {

    private final int maxEntries;
    private final Clock clock;
    private final KeptBodies keptBodies;
    private final Deque<Exchange> exchanges = new ArrayDeque<>();
    private long lastSequence;
    private long dropped;
    private int inFlight;
    private int edits;
    private int peakEdits;

    public Journal(int maxEntries, Clock clock, Path bodies, long maxBodyBytes) {
        this.maxEntries = maxEntries;
        this.clock = clock;
        this.keptBodies = new KeptBodies(bodies, maxBodyBytes);
    }

    public synchronized Exchange begin(Exchange.Arrival arrival) {
        Exchange exchange = new Exchange(++lastSequence, clock, arrival, keptBodies);
        exchanges.addLast(exchange);
        if (exchanges.size() > maxEntries) {
            exchanges.removeFirst();
            dropped++;
        }
        inFlight++;
        if (exchange.isEdit()) {
            edits++;
            peakEdits = Math.max(peakEdits, edits);
        }
        return exchange;
    }

    /** Only the first call counts; a later call may correct the outcome. */
    public synchronized void end(Exchange exchange, Outcome outcome) {
        if (exchange.ended(outcome)) {
            inFlight--;
            if (exchange.isEdit()) {
                edits--;
            }
        }
    }

    /** The recorded requests, oldest first. */
    public synchronized List<JournalEntry> entries() {
        return exchanges.stream().map(Exchange::entry).toList();
    }

    /** The newest request. */
    public Optional<JournalEntry> last() {
        synchronized (this) {
            return Optional.ofNullable(exchanges.peekLast()).map(Exchange::entry);
        }
    }

    /** The raw bytes of a part, if they were kept. */
    public Optional<byte[]> part(long sequence, int index) {
        try {
            return keptBodies.find(sequence, index);
        } catch (IOException _) {
            return Optional.empty(); // given up between the two steps
        }
    }

    /** Removes the entries and the peak; sequence numbers continue. */
    public void clear() {
        synchronized (this) {
            exchanges.clear();
            dropped = 0;
            peakEdits = edits;
        }
        try {
            keptBodies.clear();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Requests being served now. */
    public synchronized int inFlight() {
        return inFlight;
    }

    /** The peak of concurrent edits since the last {@link #clear}. */
    public synchronized int peakEdits() {
        return peakEdits;
    }

    /** The number of entries dropped because the journal was full. */
    public synchronized long dropped() {
        return dropped;
    }
}
