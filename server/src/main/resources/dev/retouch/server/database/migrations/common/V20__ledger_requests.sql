-- One row for each operation of an administrator that has an id of its client, so that a repeated request is booked once.
CREATE TABLE ledger_requests (
    id         TEXT   NOT NULL PRIMARY KEY,
    -- fund, settle, release, refund
    operation  TEXT   NOT NULL,
    -- the owner of the budget, or the edit id
    subject    TEXT   NOT NULL,
    -- null if the client left it out
    amount     BIGINT,
    note       TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    -- the budget of the owner after the operation, which a repeated request returns; null for an operation on an edit
    limited    INTEGER,
    available  BIGINT,
    held       BIGINT,
    spent      BIGINT
);
