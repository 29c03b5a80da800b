-- A verification that finds the ledger sound leaves a checkpoint: the next one reads only what came later.
CREATE TABLE ledger_checkpoints (
    id             BIGINT NOT NULL PRIMARY KEY,
    -- the balances are the sums of all transactions up to this one
    transaction_id BIGINT NOT NULL,
    -- the time of the last of these transactions
    as_of          BIGINT NOT NULL,
    -- edits that were created before this time had ended, and agreed with their transactions
    edits_before   BIGINT NOT NULL,
    -- SHA-256 of this row and of its balances
    digest         TEXT   NOT NULL
);

CREATE TABLE ledger_checkpoint_balances (
    checkpoint_id BIGINT NOT NULL REFERENCES ledger_checkpoints (id),
    owner         TEXT   NOT NULL,
    account       TEXT   NOT NULL,
    -- a decimal number, because the sum of all funding may be larger than an amount
    amount        TEXT   NOT NULL,
    PRIMARY KEY (checkpoint_id, owner, account)
);

-- What was removed from the ledger with old edits. A single row.
CREATE TABLE ledger_closing (
    id             INTEGER NOT NULL PRIMARY KEY,
    -- 1 only within a transaction that removes edits
    active         INTEGER NOT NULL,
    -- the highest transaction that was removed
    transaction_id BIGINT  NOT NULL,
    transactions   BIGINT  NOT NULL,
    edits          BIGINT  NOT NULL
);

INSERT INTO ledger_closing (id, active, transaction_id, transactions, edits) VALUES (1, 0, 0, 0, 0);

-- The sums of the postings that were removed. Together with the postings that are left they are the balances.
CREATE TABLE ledger_closing_balances (
    owner   TEXT   NOT NULL,
    account TEXT   NOT NULL,
    amount  BIGINT NOT NULL,
    PRIMARY KEY (owner, account)
);
