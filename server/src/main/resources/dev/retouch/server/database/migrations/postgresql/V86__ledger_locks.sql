-- Locks the edits that a statement holds or ends, and the budgets that it changes, in the order in which hold_edits and end_edits
-- lock them. A statement that calls both must call this first: each of them alone keeps the order only for its own rows. Returns no row.
CREATE FUNCTION lock_ledger(ids text[], keys text[], group_names text[])
    RETURNS TABLE (item integer, outcome text, refused_by text, amount bigint) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM (SELECT e.id FROM edits e WHERE e.id = ANY (ids) ORDER BY e.id FOR NO KEY UPDATE) AS locked;
    PERFORM 1 FROM (
        SELECT b.owner FROM budgets b
        WHERE b.owner IN (
            SELECT 'key:' || unnest(keys) UNION SELECT 'group:' || unnest(group_names)
            UNION SELECT side.owner FROM edits e
            CROSS JOIN LATERAL (VALUES ('key:' || e.key_id), ('group:' || e.group_name)) AS side (owner)
            WHERE e.id = ANY (ids))
        ORDER BY b.owner FOR NO KEY UPDATE) AS locked;
END $$;

-- These functions find rows by their keys only. Plans made while the tables are small must not read whole tables later: PostgreSQL
-- makes them again only after it has counted the rows, a minute or more after the first edits.
ALTER FUNCTION lock_ledger SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
ALTER FUNCTION hold_edits SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
ALTER FUNCTION end_edits(text[], text[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], bigint[], text[], text[], text[],
    text[], bigint) SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
