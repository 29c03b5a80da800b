package dev.retouch.server.billing;

import java.util.List;

/**
 * How an edit ran, kept with its end for administrators.
 *
 * @param document {@code EditReport} of the contract as JSON, without content
 * @param upstreamIds the ids by which upstreams know the edit, in the order of their attempts; without blanks
 */
public record EndReport(String document, List<String> upstreamIds) {

    /** Copies the list. */
    public EndReport {
        upstreamIds = List.copyOf(upstreamIds);
    }
}
