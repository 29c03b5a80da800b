package dev.retouch.mock;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;

/**
 * The settings of a mock upstream.
 *
 * @param host the address to listen on
 * @param port the port; 0 for any free one
 * @param key the only key that is accepted; empty for any
 * @param privateControl whether the pages under {@code /mock} need the key, too, except hosted images
 * @param journalEntries the maximum number of journal entries
 * @param keptBodyBytes the maximum bytes of form parts kept for {@code /mock/journal/…/parts/…}; 0 for none
 * @param painters the maximum number of images rendered at once; bounds memory and CPU
 * @param hostedFiles the maximum number of hosted images
 * @param marker the word that the moderation flags
 * @param folder the parent of the folder for temporary files, which is removed on close
 * @param clock the clock of responses and the journal
 */
public record MockOptions(String host, int port, Optional<String> key, boolean privateControl,
        int journalEntries, long keptBodyBytes, int painters, int hostedFiles, String marker, Path folder,
        Clock clock) {

    public MockOptions {
        if (port < 0 || port > 65535 || journalEntries < 1 || keptBodyBytes < 0 || painters < 1 || hostedFiles < 1) {
            throw new IllegalArgumentException("out of range: port=" + port + " journalEntries=" + journalEntries
                    + " keptBodyBytes=" + keptBodyBytes + " painters=" + painters + " hostedFiles=" + hostedFiles);
        }
    }

    /** The defaults: a free port on the loopback address, any key, a journal of 1000 requests without bodies. */
    public static MockOptions defaults() {
        return new MockOptions("127.0.0.1", 0, Optional.empty(), false, 1000, 0, 2, 64, "flag-me",
                Path.of(System.getProperty("java.io.tmpdir")), Clock.systemUTC());
    }

    public MockOptions withHost(String value) {
        return new MockOptions(value, port, key, privateControl, journalEntries, keptBodyBytes, painters, hostedFiles,
                marker, folder,
                clock);
    }

    public MockOptions withPort(int value) {
        return new MockOptions(host, value, key, privateControl, journalEntries, keptBodyBytes, painters, hostedFiles,
                marker, folder,
                clock);
    }

    public MockOptions withKey(String value) {
        return new MockOptions(host, port, Optional.of(value), privateControl, journalEntries, keptBodyBytes, painters,
                hostedFiles,
                marker, folder, clock);
    }

    public MockOptions withPrivateControl() {
        return new MockOptions(host, port, key, true, journalEntries, keptBodyBytes, painters, hostedFiles, marker,
                folder, clock);
    }

    public MockOptions withJournalEntries(int value) {
        return new MockOptions(host, port, key, privateControl, value, keptBodyBytes, painters, hostedFiles, marker,
                folder, clock);
    }

    public MockOptions withKeptBodyBytes(long value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, value, painters, hostedFiles, marker,
                folder, clock);
    }

    public MockOptions withPainters(int value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, keptBodyBytes, value, hostedFiles,
                marker, folder,
                clock);
    }

    public MockOptions withHostedFiles(int value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, keptBodyBytes, painters, value, marker,
                folder, clock);
    }

    public MockOptions withMarker(String value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, keptBodyBytes, painters, hostedFiles,
                value, folder,
                clock);
    }

    public MockOptions withFolder(Path value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, keptBodyBytes, painters, hostedFiles,
                marker, value,
                clock);
    }

    public MockOptions withClock(Clock value) {
        return new MockOptions(host, port, key, privateControl, journalEntries, keptBodyBytes, painters, hostedFiles,
                marker, folder,
                value);
    }
}
