package dev.retouch.server.edit;

import java.util.Map;
import java.util.Optional;

import dev.retouch.server.price.TokenUsage;

/**
 * The money side of one edit under way. Whoever learns how the edit ended says so, once; what nobody says stays held, and is
 * decided later by a stated rule.
 */
interface Bill {

    /**
     * The upstream has delivered: from now on it is charged, whatever becomes of the answer on its way to the caller.
     *
     * @param images how many; none means that nothing is charged
     * @param usage the tokens, where the upstream told them
     * @return headers that tell the caller what it cost
     */
    Map<String, String> delivered(int images, Optional<TokenUsage> usage);

    /**
     * Nothing was delivered.
     *
     * @param mayHaveRun whether the upstream may have done the edit all the same
     * @param why for the ledger, in a few words
     */
    void failed(boolean mayHaveRun, String why);

    /**
     * Nobody waits for it any more, the upstream was told to stop, and nothing of an image had come. A stated rule says whether
     * that costs something.
     *
     * @param why for the ledger, in a few words
     */
    void abandoned(String why);
}
