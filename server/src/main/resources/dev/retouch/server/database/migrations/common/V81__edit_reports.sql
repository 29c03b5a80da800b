-- How an edit ran, for administrators: JSON without content; null if nothing is known.
ALTER TABLE edits ADD COLUMN report TEXT;
-- The upstream's id of the last attempt that has one.
ALTER TABLE edits ADD COLUMN upstream_id TEXT;

CREATE INDEX edits_by_upstream_id ON edits (upstream_id) WHERE upstream_id IS NOT NULL;

-- The upstreams' ids of attempts before the last one: only of edits that have several.
CREATE TABLE edit_upstream_ids (
    edit_id     TEXT NOT NULL,
    upstream_id TEXT NOT NULL,
    PRIMARY KEY (edit_id, upstream_id)
);

CREATE INDEX edit_upstream_ids_by_id ON edit_upstream_ids (upstream_id);
