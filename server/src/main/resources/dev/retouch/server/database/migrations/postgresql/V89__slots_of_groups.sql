-- Enters edits one by one only if a limit has changed, or if there are not enough free slots for all of them.
-- Starts, queues or refuses edits with different ids. Row i of the arrays says that edit number positions[i] needs a slot in scopes[i].
-- Returns a row per edit: running, waiting or refused (with the scope that refused it and how many wait in it); and a row "started" for
-- each other edit of this instance that can run now, because a limit was raised or an instance is dead.
CREATE OR REPLACE FUNCTION enter_slots(self text, edits text[], positions integer[], scopes text[], limits integer[], queues integer[],
        now_millis bigint, seen_after bigint)
    RETURNS TABLE (edit text, verdict text, full_scope text, others integer) LANGUAGE plpgsql AS $$
DECLARE
    started text[] := '{}';
    dead text[];
    wanted text[];
    changed text[];
    place integer;
    refusal record;
BEGIN
    INSERT INTO slot_scopes (scope, most, running, waiting)
    SELECT i.scope, MAX(i.most), 0, 0 FROM unnest(scopes, limits) AS i (scope, most)
    WHERE NOT EXISTS (SELECT FROM slot_scopes s WHERE s.scope = i.scope) GROUP BY i.scope ORDER BY i.scope
    ON CONFLICT (scope) DO NOTHING;
    PERFORM 1 FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope = ANY (scopes) ORDER BY s.scope FOR NO KEY UPDATE) AS locked;

    IF NOT EXISTS (
        SELECT FROM (SELECT i.scope, count(*) AS wanted, MIN(i.most) AS lowest, MAX(i.most) AS highest
            FROM unnest(scopes, limits) AS i (scope, most) GROUP BY i.scope) AS g
        JOIN slot_scopes s ON s.scope = g.scope
        WHERE g.lowest <> s.most OR g.highest <> s.most OR s.running + g.wanted > s.most
    ) THEN
        INSERT INTO slot_tickets (id, scope, instance, edit_id, running, created_at, most)
        SELECT nextval('slot_ticket_ids'), i.scope, self, edits[i.position], 1, now_millis, i.most
        FROM unnest(positions, scopes, limits) AS i (position, scope, most);
        RETURN QUERY SELECT e.id, 'running', NULL::text, NULL::integer FROM unnest(edits) AS e (id);
        RETURN;
    END IF;

    FOR place IN 1 .. cardinality(edits) LOOP
        SELECT array_agg(i.scope) INTO wanted FROM unnest(positions, scopes) AS i (position, scope) WHERE i.position = place;
        WITH newest AS (
            UPDATE slot_scopes s SET most = i.most FROM unnest(positions, scopes, limits) AS i (position, scope, most)
            WHERE i.position = place AND s.scope = i.scope AND s.most <> i.most RETURNING s.scope
        )
        SELECT array_agg(newest.scope) INTO changed FROM newest;
        IF changed IS NOT NULL THEN
            started := started || hand_on_slots(self, changed);
        END IF;
        IF dead IS NULL AND EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (wanted) AND s.running >= s.most) THEN
            dead := dead_slot_holders(self, seen_after);
            started := started || remove_dead_slots(self, dead, scopes);
        END IF;
        edit := edits[place];
        full_scope := NULL;
        others := NULL;
        verdict := 'running';
        IF EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (wanted) AND s.running >= s.most) THEN
            verdict := 'waiting';
            SELECT s.scope, s.waiting INTO refusal FROM unnest(positions, scopes, queues) WITH ORDINALITY AS i (position, scope, queue, at)
            JOIN slot_scopes s ON s.scope = i.scope WHERE i.position = place AND s.waiting >= i.queue ORDER BY i.at LIMIT 1;
            IF FOUND THEN
                verdict := 'refused';
                full_scope := refusal.scope;
                others := refusal.waiting;
            END IF;
        END IF;
        IF verdict <> 'refused' THEN
            INSERT INTO slot_tickets (id, scope, instance, edit_id, running, created_at, most)
            SELECT nextval('slot_ticket_ids'), i.scope, self, edits[place], CASE WHEN verdict = 'running' THEN 1 ELSE 0 END,
                now_millis, i.most
            FROM unnest(positions, scopes, limits) AS i (position, scope, most) WHERE i.position = place;
        END IF;
        RETURN NEXT;
    END LOOP;
    RETURN QUERY SELECT s.edit_id, 'started', NULL::text, NULL::integer FROM unnest(started) AS s (edit_id);
END $$;


-- Removes the tickets of these edits in any state and passes their slots on. Returns the edits of this instance that start. If no edit
-- waits, the commit does not wait for the disk: after a crash of the database, the instance finds the tickets and removes them again.
CREATE OR REPLACE FUNCTION release_slots(self text, edits text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    freed text[];
BEGIN
    -- an instance has many tickets, and an edit has few: the index of instances must not be used
    PERFORM 1 FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope IN (SELECT t.scope FROM slot_tickets t
        WHERE t.edit_id = ANY (edits) AND t.instance || '' = self) ORDER BY s.scope FOR NO KEY UPDATE) AS locked;
    WITH gone AS (
        DELETE FROM slot_tickets t WHERE t.edit_id = ANY (edits) AND t.instance || '' = self RETURNING t.scope, t.running
    )
    SELECT array_agg(DISTINCT gone.scope) INTO freed FROM gone WHERE gone.running = 1;
    IF freed IS NULL OR NOT EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (freed) AND s.waiting > 0) THEN
        PERFORM set_config('synchronous_commit', 'off', true);
        RETURN '{}'::text[];
    END IF;
    RETURN hand_on_slots(self, freed);
END $$;

-- As for the functions of the ledger: one plan for all calls, which finds rows by their keys.
ALTER FUNCTION enter_slots SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
ALTER FUNCTION release_slots SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
