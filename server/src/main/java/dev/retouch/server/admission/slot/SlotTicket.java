package dev.retouch.server.admission.slot;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The request of an edit of this instance for slots; the table has a row for each scope.
 *
 * @param editId id of the edit
 * @param scopes scopes of the edit
 * @param turn completed when the edit runs
 */
record SlotTicket(String editId, List<ConcurrencyScope> scopes, CompletableFuture<Boolean> turn) {

    static SlotTicket of(String editId, List<ConcurrencyScope> scopes) {
        return new SlotTicket(editId, List.copyOf(scopes), new CompletableFuture<>());
    }

    boolean runs() {
        return turn.isDone() && !turn.isCompletedExceptionally();
    }

    List<String> scopeNames() {
        return scopes.stream().map(ConcurrencyScope::name).toList();
    }

    /** State of a ticket after a transaction. */
    sealed interface Verdict {
        /** The edit runs. */
        record Running() implements Verdict {}

        /** The edit waits. */
        record Waiting() implements Verdict {}

        /**
         * The edit was rejected or timed out; the table has no row of it.
         *
         * @param scope scope that rejected it
         * @param waiting other edits in the queue of that scope
         */
        record Refused(ConcurrencyScope scope, int waiting) implements Verdict {}
    }
}
