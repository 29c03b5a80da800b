-- What is in the ledger stays in the ledger, except in a transaction that replaces old edits by their sums.
DROP TRIGGER ledger_transactions_remain;

CREATE TRIGGER ledger_transactions_remain BEFORE DELETE ON ledger_transactions
WHEN NOT EXISTS (SELECT 1 FROM ledger_closing WHERE active = 1)
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

DROP TRIGGER ledger_entries_remain;

CREATE TRIGGER ledger_entries_remain BEFORE DELETE ON ledger_entries
WHEN NOT EXISTS (SELECT 1 FROM ledger_closing WHERE active = 1)
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

-- Checkpoints do not change. Older ones may go, the last one stays.
CREATE TRIGGER ledger_checkpoints_stay BEFORE UPDATE ON ledger_checkpoints
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

CREATE TRIGGER ledger_checkpoints_remain BEFORE DELETE ON ledger_checkpoints
WHEN OLD.id = (SELECT MAX(id) FROM ledger_checkpoints)
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

CREATE TRIGGER ledger_checkpoint_balances_stay BEFORE UPDATE ON ledger_checkpoint_balances
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

CREATE TRIGGER ledger_checkpoint_balances_remain BEFORE DELETE ON ledger_checkpoint_balances
WHEN OLD.checkpoint_id = (SELECT MAX(id) FROM ledger_checkpoints)
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
