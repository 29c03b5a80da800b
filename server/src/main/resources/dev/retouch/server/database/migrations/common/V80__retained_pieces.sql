-- What is kept of the edits of a group beside their money: none, metadata or content; and for how many days.
ALTER TABLE caller_groups ADD COLUMN retain VARCHAR(16) NOT NULL DEFAULT 'none';
ALTER TABLE caller_groups ADD COLUMN retain_days BIGINT NOT NULL DEFAULT 30;

CREATE TABLE retained_pieces (
    edit_id    TEXT   NOT NULL,
    group_name TEXT   NOT NULL,
    -- run, prompt, input-1 ..., result-1 ...
    name       TEXT   NOT NULL,
    -- 1 for prompts and thumbnails, which are encrypted
    content    INTEGER NOT NULL,
    -- bytes in SQLite, too
    body       BYTEA  NOT NULL,
    -- the start of the edit
    created_at BIGINT NOT NULL,
    PRIMARY KEY (edit_id, name)
);

-- Pieces are deleted by group, kind and age.
CREATE INDEX retained_pieces_by_age ON retained_pieces (group_name, content, created_at);
