-- The rows of the ledger are kept in the order of their key, in one tree instead of two: a third less to write for each edit.
CREATE TABLE ledger_entries_by_key (
    transaction_id BIGINT NOT NULL REFERENCES ledger_transactions (id),
    owner          TEXT   NOT NULL,
    account        TEXT   NOT NULL,
    amount         BIGINT NOT NULL,
    PRIMARY KEY (transaction_id, owner, account)
) WITHOUT ROWID;

INSERT INTO ledger_entries_by_key SELECT transaction_id, owner, account, amount FROM ledger_entries ORDER BY 1, 2, 3;

DROP TABLE ledger_entries;

ALTER TABLE ledger_entries_by_key RENAME TO ledger_entries;

CREATE INDEX ledger_entries_by_owner ON ledger_entries (owner, transaction_id);

CREATE TRIGGER ledger_entries_stay BEFORE UPDATE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;

CREATE TRIGGER ledger_entries_remain BEFORE DELETE ON ledger_entries
BEGIN SELECT RAISE(ABORT, 'the ledger is append only'); END;
