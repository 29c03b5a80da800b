package dev.retouch.server.admission;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What one edit of this instance has in the table: a row for each scope.
 *
 * @param editId which edit it is
 * @param scopes where it needs room
 * @param turn done as soon as it runs
 */
record SlotTicket(String editId, List<SlotScope> scopes, CompletableFuture<Boolean> turn) {

    static SlotTicket of(String editId, List<SlotScope> scopes) {
        return new SlotTicket(editId, List.copyOf(scopes), new CompletableFuture<>());
    }

    boolean runs() {
        return turn.isDone() && !turn.isCompletedExceptionally();
    }

    List<String> scopeNames() {
        return scopes.stream().map(SlotScope::name).toList();
    }

    /** What the table says to a ticket. */
    sealed interface Verdict {
        /** It runs. */
        record Running() implements Verdict {}

        /** It waits. */
        record Waiting() implements Verdict {}

        /**
         * It may not even wait, or not any longer; nothing of it is in the table.
         *
         * @param scope because of whom
         * @param waiting how many others wait there
         */
        record Refused(SlotScope scope, int waiting) implements Verdict {}
    }
}
