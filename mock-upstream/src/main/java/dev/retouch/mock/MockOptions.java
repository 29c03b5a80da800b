package dev.retouch.mock;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * How a mock upstream is set up.
 *
 * @param host the address to listen on
 * @param port the port; 0 for any free one
 * @param key the only key that is accepted; empty for any
 * @param journalEntries how many requests are remembered
 * @param keptBodyBytes how many bytes of form parts are kept for {@code /mock/journal/…/parts/…}; 0 for none
 * @param painters how many pictures are made at the same time: bounds memory and CPU
 * @param hostedFiles how many images stay behind links
 * @param marker a text with this in it is flagged by the moderation
 * @param folder where temporary files go, in a folder of their own that is removed on close
 * @param clock the time that answers and the journal show
 */
public record MockOptions(String host, int port, Optional<String> key, int journalEntries, long keptBodyBytes,
        int painters, int hostedFiles, String marker, Path folder, Clock clock) {

    public MockOptions {
        if (port < 0 || port > 65535 || journalEntries < 1 || keptBodyBytes < 0 || painters < 1 || hostedFiles < 1) {
            throw new IllegalArgumentException("out of range: port=" + port + " journalEntries=" + journalEntries
                    + " keptBodyBytes=" + keptBodyBytes + " painters=" + painters + " hostedFiles=" + hostedFiles);
        }
    }

    /** Any free port of this machine alone, any key, a journal of 1000 requests without bodies. */
    public static MockOptions defaults() {
        return new MockOptions("127.0.0.1", 0, Optional.empty(), 1000, 0, 2, 64, "flag-me",
                Path.of(System.getProperty("java.io.tmpdir")), Clock.systemUTC());
    }

    public MockOptions withHost(String value) {
        return new MockOptions(value, port, key, journalEntries, keptBodyBytes, painters, hostedFiles, marker, folder,
                clock);
    }

    public MockOptions withPort(int value) {
        return new MockOptions(host, value, key, journalEntries, keptBodyBytes, painters, hostedFiles, marker, folder,
                clock);
    }

    public MockOptions withKey(String value) {
        return new MockOptions(host, port, Optional.of(value), journalEntries, keptBodyBytes, painters, hostedFiles,
                marker, folder, clock);
    }

    public MockOptions withJournalEntries(int value) {
        return new MockOptions(host, port, key, value, keptBodyBytes, painters, hostedFiles, marker, folder, clock);
    }

    public MockOptions withKeptBodyBytes(long value) {
        return new MockOptions(host, port, key, journalEntries, value, painters, hostedFiles, marker, folder, clock);
    }

    public MockOptions withPainters(int value) {
        return new MockOptions(host, port, key, journalEntries, keptBodyBytes, value, hostedFiles, marker, folder,
                clock);
    }

    public MockOptions withHostedFiles(int value) {
        return new MockOptions(host, port, key, journalEntries, keptBodyBytes, painters, value, marker, folder, clock);
    }

    public MockOptions withMarker(String value) {
        return new MockOptions(host, port, key, journalEntries, keptBodyBytes, painters, hostedFiles, value, folder,
                clock);
    }

    public MockOptions withFolder(Path value) {
        return new MockOptions(host, port, key, journalEntries, keptBodyBytes, painters, hostedFiles, marker, value,
                clock);
    }

    public MockOptions withClock(Clock value) {
        return new MockOptions(host, port, key, journalEntries, keptBodyBytes, painters, hostedFiles, marker, folder,
                value);
    }
}
