-- One row for each Idempotency-Key that an account has used, until it is forgotten.
CREATE TABLE edit_answers (
    account         TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL,
    -- SHA-256 of everything that was asked for
    fingerprint     TEXT    NOT NULL,
    edit_id         TEXT    NOT NULL,
    -- the task that it stands for, where the edit became one; the task then has the answer
    task_id         TEXT,
    -- which runs it, or has run it
    instance        TEXT    NOT NULL,
    -- running, answered, unknown (cut off after it was let through)
    state           TEXT    NOT NULL,
    status          INTEGER,
    streamed        INTEGER,
    -- JSON
    headers         TEXT,
    -- where the body is, in the folder of answers
    file            TEXT,
    size            BIGINT,
    created_at      BIGINT  NOT NULL,
    expires_at      BIGINT  NOT NULL,
    PRIMARY KEY (account, idempotency_key)
);

CREATE INDEX edit_answers_by_expiry ON edit_answers (expires_at);
CREATE INDEX edit_answers_by_task ON edit_answers (task_id);

-- Edits that run on their own.
CREATE TABLE edit_tasks (
    id           TEXT    NOT NULL PRIMARY KEY,
    account      TEXT    NOT NULL,
    key_id       TEXT    NOT NULL,
    -- under which the ledger knows it, also when another instance runs it: so it can be let through once only
    edit_id      TEXT    NOT NULL,
    -- which runs it, or will
    instance     TEXT    NOT NULL,
    -- queued, running, succeeded, failed, canceled
    state        TEXT    NOT NULL,
    -- JSON, without its images, which lie in the folder of the task; gone when it has ended
    request      TEXT,
    link_base    TEXT    NOT NULL,
    asked        INTEGER NOT NULL,
    completed    INTEGER NOT NULL,
    partial      INTEGER NOT NULL,
    -- JSON, all three
    headers      TEXT,
    result       TEXT,
    error        TEXT,
    created_at   BIGINT  NOT NULL,
    started_at   BIGINT,
    finished_at  BIGINT,
    expires_at   BIGINT  NOT NULL
);

CREATE INDEX edit_tasks_by_state ON edit_tasks (state, instance, created_at);
CREATE INDEX edit_tasks_by_expiry ON edit_tasks (expires_at);
