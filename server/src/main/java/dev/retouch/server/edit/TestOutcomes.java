package dev.retouch.server.edit;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.key.ApiPrincipal;

/** Makes the sandbox produce the outcomes that clients choose. */
public interface TestOutcomes {

    /** A gateway without a sandbox, which refuses every choice. */
    TestOutcomes NO_SANDBOX = (_, _, _) -> {
        throw refused();
    };

    /**
     * Scripts the answer to an edit. Closing the result removes the script if no attempt has used it.
     *
     * @param editId the edit id, by which the sandbox recognizes the edit
     * @throws ApiException if other upstreams than the sandbox may serve the principal
     */
    Script expect(String editId, TestOutcome outcome, ApiPrincipal principal);

    /** A script that waits for its edit. */
    interface Script extends AutoCloseable {
        @Override
        void close();
    }

    /** The refusal of a choice by a client that the sandbox does not serve. */
    static ApiException refused() {
        return new ApiException(ErrorMessage.TEST_OUTCOME_NEEDS_SANDBOX);
    }
}
