package dev.retouch.server.answer;

import java.util.Map;

import dev.retouch.server.price.ReportedUsage;

/**
 * The held cost of one dispatched edit. Call exactly one of {@code settle}, {@code fail} or {@code abandon}; later calls are ignored.
 * Without a call the hold stays, and reconciliation applies {@code billing.undecided}.
 */
public interface EditCharge {

    /**
     * Charges for delivered images, whether or not the response reaches the client.
     *
     * @param images the number of images, at least one
     * @param usage the usage reported by the upstream
     * @return response headers with the cost
     */
    Map<String, String> settle(int images, ReportedUsage usage);

    /**
     * Ends an edit without an image.
     *
     * @param mayHaveRun whether the upstream may have done the edit all the same, so that the hold stays undecided
     * @param why for the ledger, in a few words
     */
    void fail(boolean mayHaveRun, String why);

    /**
     * Ends an edit that was canceled before anything of an image arrived. {@code billing.abandoned} decides its cost.
     *
     * @param why for the ledger, in a few words
     */
    void abandon(String why);
}
