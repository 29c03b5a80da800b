-- A row per scope counts its tickets, so that a slot is granted without counting rows. Triggers keep the counts, whoever writes tickets.
-- Every writer first locks the rows of the scopes by name; a ticket's row changes only under the lock of its scope.
CREATE TABLE slot_scopes (
    scope   TEXT    NOT NULL PRIMARY KEY,
    -- how many may run
    most    INTEGER NOT NULL,
    running INTEGER NOT NULL,
    waiting INTEGER NOT NULL
) WITH (fillfactor = 50);

INSERT INTO slot_scopes (scope, most, running, waiting)
SELECT scope, MAX(most), SUM(running), SUM(1 - running) FROM slot_tickets GROUP BY scope;

CREATE SEQUENCE slot_ticket_ids OWNED BY slot_tickets.id;

SELECT setval('slot_ticket_ids', (SELECT COALESCE(MAX(id), 0) + 1 FROM slot_tickets), false);

CREATE INDEX slot_tickets_waiting ON slot_tickets (scope, id) WHERE running = 0;

CREATE FUNCTION count_slot_tickets() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        UPDATE slot_scopes s SET running = s.running - g.running, waiting = s.waiting - g.waiting
        FROM (SELECT scope, SUM(running) AS running, SUM(1 - running) AS waiting FROM removed GROUP BY scope) AS g
        WHERE s.scope = g.scope;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO slot_scopes AS s (scope, most, running, waiting)
        SELECT scope, MAX(most), SUM(running), SUM(1 - running) FROM added GROUP BY scope ORDER BY scope
        ON CONFLICT (scope) DO UPDATE SET running = s.running + EXCLUDED.running, waiting = s.waiting + EXCLUDED.waiting;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER slot_tickets_added AFTER INSERT ON slot_tickets REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION count_slot_tickets();

CREATE TRIGGER slot_tickets_removed AFTER DELETE ON slot_tickets REFERENCING OLD TABLE AS removed
FOR EACH STATEMENT EXECUTE FUNCTION count_slot_tickets();

CREATE TRIGGER slot_tickets_changed AFTER UPDATE ON slot_tickets REFERENCING OLD TABLE AS removed NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION count_slot_tickets();

-- Other instances than this one that have tickets and no heartbeat since a time. Reads one index entry per instance.
CREATE FUNCTION dead_slot_holders(self text, seen_after bigint) RETURNS text[] LANGUAGE sql STABLE AS $$
    WITH RECURSIVE holders (instance) AS (
        (SELECT t.instance FROM slot_tickets t ORDER BY t.instance LIMIT 1)
        UNION ALL
        SELECT (SELECT t.instance FROM slot_tickets t WHERE t.instance > h.instance ORDER BY t.instance LIMIT 1)
        FROM holders h WHERE h.instance IS NOT NULL
    )
    SELECT COALESCE(array_agg(h.instance), '{}') FROM holders h
    WHERE h.instance IS NOT NULL AND h.instance <> self
    AND NOT EXISTS (SELECT FROM instances i WHERE i.id = h.instance AND i.seen_at >= seen_after)
$$;

-- Starts waiting tickets that can run now that these scopes have free slots, in the order of their arrival. The caller has locked the
-- scopes. Returns the edits of this instance that start; other instances are notified of theirs.
CREATE FUNCTION hand_on_slots(self text, freed text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    started text[] := '{}';
    waits record;
BEGIN
    IF NOT EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (freed) AND s.waiting > 0) THEN
        RETURN started;
    END IF;
    FOR waits IN
        SELECT t.edit_id, MIN(t.instance) AS instance, array_agg(t.scope ORDER BY t.scope) AS scopes FROM slot_tickets t
        WHERE t.running = 0
        AND t.edit_id IN (SELECT w.edit_id FROM slot_tickets w WHERE w.running = 0 AND w.scope = ANY (freed))
        GROUP BY t.edit_id ORDER BY MIN(t.id)
    LOOP
        PERFORM 1 FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope = ANY (waits.scopes) ORDER BY s.scope
            FOR NO KEY UPDATE) AS locked;
        IF NOT EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (waits.scopes) AND s.running >= s.most)
                AND (SELECT count(*) FROM slot_tickets t WHERE t.edit_id = waits.edit_id AND t.running = 0)
                    = cardinality(waits.scopes) THEN
            UPDATE slot_tickets t SET running = 1 WHERE t.edit_id = waits.edit_id;
            IF waits.instance = self THEN
                started := started || waits.edit_id;
            ELSE
                PERFORM pg_notify('retouch_slots', waits.edit_id);
            END IF;
        END IF;
        EXIT WHEN NOT EXISTS (SELECT FROM slot_scopes s WHERE s.scope = ANY (freed) AND s.running < s.most AND s.waiting > 0);
    END LOOP;
    RETURN started;
END $$;

-- Removes the tickets of dead instances from these scopes, which the caller has locked, and passes their slots on.
CREATE FUNCTION remove_dead_slots(self text, dead text[], scopes text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    freed text[];
BEGIN
    WITH gone AS (
        DELETE FROM slot_tickets t WHERE t.instance = ANY (dead) AND t.scope = ANY (scopes) RETURNING t.scope
    )
    SELECT array_agg(DISTINCT gone.scope) INTO freed FROM gone;
    RETURN CASE WHEN freed IS NULL THEN '{}'::text[] ELSE hand_on_slots(self, freed) END;
END $$;

-- Starts, queues or refuses edits with different ids. Row i of the arrays says that edit number positions[i] needs a slot in scopes[i].
-- Returns a row per edit: running, waiting or refused (with the scope that refused it and how many wait in it); and a row "started" for
-- each other edit of this instance that can run now, because a limit was raised or an instance is dead.
CREATE FUNCTION enter_slots(self text, edits text[], positions integer[], scopes text[], limits integer[], queues integer[],
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

-- Removes the tickets of these edits in any state and passes their slots on. Returns the edits of this instance that start.
CREATE FUNCTION release_slots(self text, edits text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    freed text[];
BEGIN
    PERFORM 1 FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope IN (SELECT t.scope FROM slot_tickets t
        WHERE t.instance = self AND t.edit_id = ANY (edits)) ORDER BY s.scope FOR NO KEY UPDATE) AS locked;
    WITH gone AS (
        DELETE FROM slot_tickets t WHERE t.instance = self AND t.edit_id = ANY (edits) RETURNING t.scope, t.running
    )
    SELECT array_agg(DISTINCT gone.scope) INTO freed FROM gone WHERE gone.running = 1;
    RETURN CASE WHEN freed IS NULL THEN '{}'::text[] ELSE hand_on_slots(self, freed) END;
END $$;

-- Ends the wait of an edit, unless it runs meanwhile: running, or refused with the first full scope and how many others wait in it.
CREATE FUNCTION leave_slots(self text, edit text, scopes text[])
    RETURNS TABLE (verdict text, full_scope text, others integer) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope = ANY (scopes) ORDER BY s.scope FOR NO KEY UPDATE) AS locked;
    IF EXISTS (SELECT FROM slot_tickets t WHERE t.instance = self AND t.edit_id = edit AND t.running = 1) THEN
        RETURN QUERY SELECT 'running', NULL::text, NULL::integer;
        RETURN;
    END IF;
    DELETE FROM slot_tickets t WHERE t.instance = self AND t.edit_id = edit;
    RETURN QUERY SELECT 'refused', i.scope, COALESCE(s.waiting, 0)
    FROM unnest(scopes) WITH ORDINALITY AS i (scope, at) LEFT JOIN slot_scopes s ON s.scope = i.scope
    ORDER BY CASE WHEN s.running >= s.most THEN 0 ELSE 1 END, i.at LIMIT 1;
END $$;

-- Removes all tickets of dead instances and passes their slots on. Returns the edits of this instance that start.
CREATE FUNCTION bury_slots(self text, seen_after bigint) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    dead text[] := dead_slot_holders(self, seen_after);
    affected text[];
BEGIN
    SELECT array_agg(locked.scope) INTO affected FROM (SELECT s.scope FROM slot_scopes s WHERE s.scope IN
        (SELECT t.scope FROM slot_tickets t WHERE t.instance = ANY (dead)) ORDER BY s.scope FOR NO KEY UPDATE) AS locked;
    RETURN CASE WHEN affected IS NULL THEN '{}'::text[] ELSE remove_dead_slots(self, dead, affected) END;
END $$;
