-- Times are Unix milliseconds, money is whole billionths of a currency unit, truth is 0 or 1, lists and limits are JSON.

CREATE TABLE caller_groups (
    name             TEXT    NOT NULL PRIMARY KEY,
    platform         TEXT    NOT NULL,
    image_permission INTEGER NOT NULL,
    models           TEXT    NOT NULL,
    upstreams        TEXT    NOT NULL,
    room             TEXT    NOT NULL,
    moderation       TEXT    NOT NULL,
    free             INTEGER NOT NULL,
    answers_both     INTEGER NOT NULL,
    created_at       BIGINT  NOT NULL
);

CREATE TABLE api_keys (
    id           TEXT    NOT NULL PRIMARY KEY,
    -- under which its money, usage and limits are counted: the first id in a line of rotated keys
    account      TEXT    NOT NULL,
    group_name   TEXT    NOT NULL REFERENCES caller_groups (name),
    label        TEXT    NOT NULL,
    prefix       TEXT    NOT NULL,
    -- SHA-256 in hexadecimal; a key has too much chance in it to be found by trying
    hash         TEXT    NOT NULL UNIQUE,
    room         TEXT    NOT NULL,
    created_at   BIGINT  NOT NULL,
    expires_at   BIGINT,
    disabled     INTEGER NOT NULL,
    revoked_at   BIGINT,
    last_used_at BIGINT
);

CREATE INDEX api_keys_by_group ON api_keys (group_name);

-- One row whose number grows with every change of a key or group, so that all instances notice.
CREATE TABLE key_changes (
    id      INTEGER NOT NULL PRIMARY KEY,
    version BIGINT  NOT NULL
);

INSERT INTO key_changes (id, version) VALUES (1, 0);

-- Every running gateway, and when it was last seen alive.
CREATE TABLE instances (
    id         TEXT   NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    seen_at    BIGINT NOT NULL
);

-- What the ledger adds up to, for each key ('key:key_…') and group ('group:…'). Not limited: available may fall below zero.
CREATE TABLE budgets (
    owner     TEXT    NOT NULL PRIMARY KEY,
    limited   INTEGER NOT NULL,
    available BIGINT  NOT NULL,
    held      BIGINT  NOT NULL,
    spent     BIGINT  NOT NULL
);

-- One row for each edit that was let through to an upstream.
CREATE TABLE edits (
    id                 TEXT   NOT NULL PRIMARY KEY,
    key_id             TEXT   NOT NULL,
    group_name         TEXT   NOT NULL,
    model              TEXT   NOT NULL,
    currency           TEXT   NOT NULL,
    price_version      TEXT   NOT NULL,
    -- whether it costs nothing whatever the prices are, as in the sandbox
    free               INTEGER NOT NULL,
    -- held, settled, released (no image, no charge), undecided (sent, and nobody knows)
    state              TEXT   NOT NULL,
    -- what was held for it; given back or charged once it is settled or released
    held               BIGINT NOT NULL,
    cost               BIGINT NOT NULL,
    images_asked       BIGINT NOT NULL,
    images_delivered   BIGINT NOT NULL,
    text_input_tokens  BIGINT NOT NULL,
    image_input_tokens BIGINT NOT NULL,
    output_tokens      BIGINT NOT NULL,
    instance           TEXT   NOT NULL,
    created_at         BIGINT NOT NULL,
    decided_at         BIGINT,
    -- how it was decided, where that is not simply the upstream's answer
    note               TEXT
);

CREATE INDEX edits_by_key ON edits (key_id, created_at);
CREATE INDEX edits_by_time ON edits (created_at);
CREATE INDEX edits_by_state ON edits (state, created_at);

-- The ledger: double entry and append only. The entries of a transaction add up to zero in each owner's accounts.
CREATE TABLE ledger_transactions (
    id         BIGINT NOT NULL PRIMARY KEY,
    -- fund, withdraw, hold, settle, release
    kind       TEXT   NOT NULL,
    edit_id    TEXT,
    created_at BIGINT NOT NULL,
    note       TEXT
);

CREATE INDEX ledger_transactions_by_edit ON ledger_transactions (edit_id);

CREATE TABLE ledger_entries (
    transaction_id BIGINT NOT NULL REFERENCES ledger_transactions (id),
    owner          TEXT   NOT NULL,
    -- funding, available, held, spent
    account        TEXT   NOT NULL,
    amount         BIGINT NOT NULL,
    PRIMARY KEY (transaction_id, owner, account)
);

CREATE INDEX ledger_entries_by_account ON ledger_entries (owner, account);

-- Edits that have a slot, and those that wait for one, in order. Used where several instances share the limits.
CREATE TABLE slot_tickets (
    id         BIGINT  NOT NULL PRIMARY KEY,
    scope      TEXT    NOT NULL,
    instance   TEXT    NOT NULL,
    edit_id    TEXT    NOT NULL,
    running    INTEGER NOT NULL,
    created_at BIGINT  NOT NULL,
    -- how many may run in the scope: whoever frees a slot hands it on, and need not know others' limits
    most       INTEGER NOT NULL
);

CREATE INDEX slot_tickets_by_scope ON slot_tickets (scope, running, id);
CREATE INDEX slot_tickets_by_edit ON slot_tickets (edit_id);
CREATE INDEX slot_tickets_by_instance ON slot_tickets (instance);
