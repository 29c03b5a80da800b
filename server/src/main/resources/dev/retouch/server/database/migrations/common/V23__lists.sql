-- Lists of administrators are read in pages: tasks by time, transfers by owner.
CREATE INDEX edit_tasks_by_time ON edit_tasks (created_at, id);

CREATE INDEX ledger_entries_by_owner ON ledger_entries (owner, transaction_id);
-- used by no statement
DROP INDEX IF EXISTS ledger_entries_by_account;
