-- Whether the edit of the claim or of the task was held, and may have been dispatched. The hold sets it in its own transaction and thereby
-- locks the row. A claim that has it is never given to another edit; tasks, and rows before this column, are judged by the ledger.
ALTER TABLE edit_answers ADD COLUMN dispatched INTEGER NOT NULL DEFAULT 0;
ALTER TABLE edit_tasks ADD COLUMN dispatched INTEGER NOT NULL DEFAULT 0;
