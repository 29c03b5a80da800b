package dev.retouch.server.billing;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;

/** Reads and writes checkpoints, and the sums of what was removed from the ledger. */
final class CheckpointTables {

    /** How many checkpoints are kept. */
    private static final int KEPT = 10;

    private CheckpointTables() {}

    /**
     * A stored checkpoint.
     *
     * @param intact whether it is as it was written
     */
    record Stored(Checkpoint checkpoint, boolean intact) {}

    /** What was removed: the sums of its postings, and the highest transaction. */
    record Closing(long transactionId, AccountTotals balances) {}

    /** The last checkpoint. */
    static Optional<Stored> newest(Handle handle) {
        return all(handle, " ORDER BY id DESC LIMIT 1").stream().findFirst();
    }

    /** All checkpoints, oldest first. */
    static List<Stored> all(Handle handle) {
        return all(handle, " ORDER BY id");
    }

    /** A checkpoint without its balances. */
    private record Head(Checkpoint checkpoint, String digest) {}

    private static List<Stored> all(Handle handle, String end) {
        List<Head> heads = handle.createQuery(
                "SELECT id, transaction_id, as_of, edits_before, digest FROM ledger_checkpoints" + end)
                .map((row, context) -> new Head(new Checkpoint(row.getLong("id"), row.getLong("transaction_id"),
                        row.getLong("as_of"), row.getLong("edits_before"), new AccountTotals()),
                        row.getString("digest")))
                .list();
        return heads.stream().map(head -> {
            head.checkpoint().balances().add(balances(handle, head.checkpoint().id()));
            return new Stored(head.checkpoint(), head.checkpoint().digest().equals(head.digest()));
        }).toList();
    }

    private static AccountTotals balances(Handle handle, long checkpoint) {
        AccountTotals balances = new AccountTotals();
        handle.createQuery("SELECT owner, account, amount FROM ledger_checkpoint_balances WHERE checkpoint_id = :id")
                .bind("id", checkpoint).map((row, context) -> {
                    balances.add(new AccountTotals.Account(row.getString("owner"), row.getString("account")),
                            new BigInteger(row.getString("amount")));
                    return true;
                }).list();
        return balances;
    }

    /** Writes a checkpoint, unless another verification has written it at the same time, and removes those that are too many. */
    static boolean insert(Handle handle, Checkpoint checkpoint) {
        int inserted = handle.createUpdate("""
                INSERT INTO ledger_checkpoints (id, transaction_id, as_of, edits_before, digest)
                VALUES (:id, :transaction, :asOf, :editsBefore, :digest) ON CONFLICT (id) DO NOTHING""")
                .bind("id", checkpoint.id()).bind("transaction", checkpoint.transactionId())
                .bind("asOf", checkpoint.asOf()).bind("editsBefore", checkpoint.editsBefore())
                .bind("digest", checkpoint.digest()).execute();
        if (inserted == 0) {
            return false;
        }
        PreparedBatch balances = handle.prepareBatch("""
                INSERT INTO ledger_checkpoint_balances (checkpoint_id, owner, account, amount)
                VALUES (:id, :owner, :account, :amount)""");
        checkpoint.balances().forEach((account, sum) -> balances.bind("id", checkpoint.id())
                .bind("owner", account.owner()).bind("account", account.name()).bind("amount", sum.toString()).add());
        if (balances.size() > 0) {
            balances.execute();
        }
        removeBefore(handle, checkpoint.id() - KEPT + 1);
        return true;
    }

    /** Removes the checkpoints before one. */
    static void removeBefore(Handle handle, long id) {
        handle.execute("DELETE FROM ledger_checkpoint_balances WHERE checkpoint_id < ?", id);
        handle.execute("DELETE FROM ledger_checkpoints WHERE id < ?", id);
    }

    /** What was removed until now. */
    static Closing closing(Handle handle) {
        AccountTotals balances = new AccountTotals();
        handle.createQuery("SELECT owner, account, amount FROM ledger_closing_balances").map((row, context) -> {
            balances.add(row.getString("owner"), row.getString("account"), row.getLong("amount"));
            return true;
        }).list();
        return new Closing(handle.createQuery("SELECT transaction_id FROM ledger_closing").mapTo(Long.class).one(),
                balances);
    }
}
