package dev.retouch.server.answer;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.retention.RetainedEdit;

/**
 * What the response to a dispatched edit needs.
 *
 * @param form the form that the client asked for
 * @param requested what the upstream was asked to return
 * @param headers headers that are known already
 * @param host stores images that get a link
 * @param exchange owns what the response opens
 * @param charge the held cost
 * @param slot released as soon as the upstream is done
 * @param ignoreDisconnect whether the answer is read to its end although the client disconnected
 * @param maxBytes the most bytes that the upstream's response can have
 * @param progress learns which images are complete
 * @param converter converts images to the format that the client asked for; empty if they are not converted
 * @param mask restores what the mask keeps; empty if it is not enforced
 * @param retained what is kept of the edit
 */
public record ResponseContext(OutputForm form, RequestedOutput requested, Map<String, String> headers, ImageHost host,
        Exchange exchange, EditCharge charge, Runnable slot, boolean ignoreDisconnect, long maxBytes,
        ImageProgress progress, Optional<FormatConverter> converter, Optional<MaskEnforcer> mask,
        RetainedEdit retained) {

    /** A response whose images are passed on as they are. */
    public ResponseContext(OutputForm form, RequestedOutput requested, Map<String, String> headers, ImageHost host,
            Exchange exchange, EditCharge charge, Runnable slot, boolean ignoreDisconnect, long maxBytes,
            ImageProgress progress) {
        this(form, requested, headers, host, exchange, charge, slot, ignoreDisconnect, maxBytes, progress,
                Optional.empty(), Optional.empty(), RetainedEdit.NONE);
    }

    /** Whether images are changed, so that each has to be whole before it is written. */
    boolean changesImages() {
        return converter.isPresent() || mask.isPresent();
    }

    /** The same response to another request. */
    public ResponseContext with(RequestedOutput other, long bytes, Optional<FormatConverter> conversion,
            Optional<MaskEnforcer> enforcer) {
        return new ResponseContext(form, other, headers, host, exchange, charge, slot, ignoreDisconnect, bytes,
                progress,
                conversion, enforcer, retained);
    }

    /** These headers and, if the client takes trailers, the announcement of those that are known only at the end. */
    Map<String, String> withTrailers(Map<String, String> known) {
        if (known.containsKey("x-retouch-cost") || !exchange.takesTrailers()) {
            return known;
        }
        Map<String, String> all = new LinkedHashMap<>(known);
        all.put("trailer", String.join(", ", EditResponse.TRAILERS));
        return all;
    }
}
