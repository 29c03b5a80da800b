-- Ends edits with different ids. The kinds: settle and release end an edit that is held or undecided; charge_undecided (the whole hold),
-- settle_undecided (a cost) and release_undecided end an undecided one; undecided marks a held one. Row i of the result is the outcome of edit i and its cost:
-- done, not_open (it had ended, or is not in the state that the kind needs), unknown (no such edit), or overflow.
-- A report, or an id at an upstream, that is null leaves what is known. Earlier ids have blanks between them.
CREATE FUNCTION end_edits(ids text[], kinds text[], costs bigint[], images bigint[], text_inputs bigint[], cached_text_inputs bigint[],
        image_inputs bigint[], cached_image_inputs bigint[], outputs bigint[], text_outputs bigint[], notes text[],
        reports text[], upstream_ids text[], earlier_ids text[], now_millis bigint)
    RETURNS TABLE (item integer, outcome text, final_cost bigint) LANGUAGE plpgsql AS $$
DECLARE
    total integer := cardinality(ids);
    -- only these are locked; an edit that is held meanwhile is unknown here
    known text[];
    owners text[];
    balances bigint[];
    holds bigint[];
    spents bigint[];
    used boolean[];
    outcomes text[] := array_fill(NULL::text, ARRAY[total]);
    finals bigint[] := array_fill(0::bigint, ARRAY[total]);
    at integer;
    charge bigint;
    freed bigint;
    entry record;
BEGIN
    SELECT array_agg(locked.id) INTO known
    FROM (SELECT e.id FROM edits e WHERE e.id = ANY (ids) ORDER BY e.id FOR NO KEY UPDATE) AS locked;

    SELECT array_agg(DISTINCT side.owner ORDER BY side.owner) INTO owners
    FROM unnest(ids, kinds, costs) AS i (id, kind, cost) JOIN edits e ON e.id = i.id AND e.id = ANY (known)
    CROSS JOIN LATERAL (VALUES ('key:' || e.key_id), ('group:' || e.group_name)) AS side (owner)
    WHERE e.state IN ('held', 'undecided') AND e.free = 0 AND i.kind <> 'undecided' AND (e.held <> 0 OR i.cost <> 0);
    PERFORM create_budgets(owners);
    SELECT array_agg(b.owner), array_agg(b.available), array_agg(b.held), array_agg(b.spent), array_agg(false)
    INTO owners, balances, holds, spents, used
    FROM (SELECT * FROM budgets WHERE owner = ANY (owners) ORDER BY owner FOR NO KEY UPDATE) AS b;

    FOR entry IN
        SELECT i.at, i.kind, i.cost AS asked, e.id, e.state, e.free, e.held, e.cost, k.position AS key_at,
            g.position AS group_at
        FROM unnest(ids, kinds, costs) WITH ORDINALITY AS i (id, kind, cost, at) LEFT JOIN edits e ON e.id = i.id AND e.id = ANY (known)
        LEFT JOIN unnest(owners) WITH ORDINALITY AS k (owner, position) ON k.owner = 'key:' || e.key_id
        LEFT JOIN unnest(owners) WITH ORDINALITY AS g (owner, position) ON g.owner = 'group:' || e.group_name
        ORDER BY i.at
    LOOP
        at := entry.at;
        IF entry.id IS NULL THEN
            outcomes[at] := 'unknown';
            CONTINUE;
        END IF;
        finals[at] := entry.cost;
        IF (entry.kind IN ('settle', 'release') AND entry.state NOT IN ('held', 'undecided'))
                OR (entry.kind IN ('charge_undecided', 'settle_undecided', 'release_undecided') AND entry.state <> 'undecided')
                OR (entry.kind = 'undecided' AND entry.state <> 'held') THEN
            outcomes[at] := 'not_open';
            CONTINUE;
        END IF;
        outcomes[at] := 'done';
        IF entry.kind = 'undecided' THEN
            CONTINUE;
        END IF;
        charge := CASE WHEN entry.free <> 0 THEN 0 WHEN entry.kind IN ('settle', 'settle_undecided') THEN entry.asked
            WHEN entry.kind = 'charge_undecided' THEN entry.held ELSE 0 END;
        IF entry.free = 0 AND (entry.held <> 0 OR charge <> 0) THEN
            IF NOT amount_fits(entry.held, -charge) THEN
                outcomes[at] := 'overflow';
                CONTINUE;
            END IF;
            freed := entry.held - charge;
            IF NOT (amount_fits(balances[entry.key_at], freed) AND amount_fits(spents[entry.key_at], charge)
                    AND amount_fits(balances[entry.group_at], freed) AND amount_fits(spents[entry.group_at], charge)) THEN
                outcomes[at] := 'overflow';
                CONTINUE;
            END IF;
            balances[entry.key_at] := balances[entry.key_at] + freed;
            holds[entry.key_at] := holds[entry.key_at] - entry.held;
            spents[entry.key_at] := spents[entry.key_at] + charge;
            used[entry.key_at] := true;
            balances[entry.group_at] := balances[entry.group_at] + freed;
            holds[entry.group_at] := holds[entry.group_at] - entry.held;
            spents[entry.group_at] := spents[entry.group_at] + charge;
            used[entry.group_at] := true;
        END IF;
        finals[at] := charge;
    END LOOP;

    WITH ended AS (
        SELECT i.* FROM unnest(ids, kinds, finals, images, text_inputs, cached_text_inputs, image_inputs, cached_image_inputs,
            outputs, text_outputs, notes, reports, upstream_ids, outcomes) AS i (id, kind, cost, images, text_input, cached_text_input,
            image_input, cached_image_input, output, text_output, note, report, upstream_id, outcome)
        WHERE i.outcome = 'done'
    )
    UPDATE edits e SET
        state = CASE WHEN n.kind = 'undecided' THEN 'undecided' WHEN n.kind IN ('settle', 'charge_undecided', 'settle_undecided') THEN 'settled'
            ELSE 'released' END,
        cost = n.cost, images_delivered = n.images, text_input_tokens = n.text_input,
        cached_text_input_tokens = n.cached_text_input, image_input_tokens = n.image_input,
        cached_image_input_tokens = n.cached_image_input, output_tokens = n.output, text_output_tokens = n.text_output,
        decided_at = now_millis, note = n.note, report = COALESCE(n.report, e.report),
        upstream_id = COALESCE(n.upstream_id, e.upstream_id)
    FROM ended n WHERE e.id = n.id;

    IF EXISTS (SELECT FROM unnest(earlier_ids) AS i (ids) WHERE i.ids IS NOT NULL) THEN
        INSERT INTO edit_upstream_ids (edit_id, upstream_id)
        SELECT i.id, earlier.upstream_id FROM unnest(ids, earlier_ids, outcomes) AS i (id, earlier_ids, outcome)
        CROSS JOIN LATERAL unnest(string_to_array(i.earlier_ids, ' ')) AS earlier (upstream_id)
        WHERE i.outcome = 'done' ORDER BY i.id, earlier.upstream_id
        ON CONFLICT DO NOTHING;
    END IF;

    WITH wanted AS (
        SELECT e.id, e.key_id, e.group_name, e.held, i.cost, i.note, i.at,
            CASE WHEN i.kind IN ('settle', 'charge_undecided', 'settle_undecided') THEN 'settle' ELSE 'release' END AS posting
        FROM unnest(ids, kinds, finals, notes, outcomes) WITH ORDINALITY AS i (id, kind, cost, note, outcome, at)
        JOIN edits e ON e.id = i.id
        WHERE i.outcome = 'done' AND i.kind <> 'undecided' AND e.free = 0 AND (e.held <> 0 OR i.cost <> 0) ORDER BY i.at
    ), posted AS (
        INSERT INTO ledger_transactions (kind, edit_id, created_at, note) SELECT w.posting, w.id, now_millis, w.note FROM wanted w
        RETURNING id, edit_id
    )
    INSERT INTO ledger_entries (transaction_id, owner, account, amount)
    SELECT p.id, side.owner, line.account, line.amount FROM posted p JOIN wanted w ON w.id = p.edit_id
    CROSS JOIN LATERAL (VALUES ('key:' || w.key_id), ('group:' || w.group_name)) AS side (owner)
    CROSS JOIN LATERAL (VALUES ('available', w.held - w.cost), ('held', -w.held), ('spent', w.cost)) AS line (account, amount)
    WHERE line.amount <> 0;

    UPDATE budgets b SET available = n.balance, held = n.held, spent = n.spent
    FROM unnest(owners, balances, holds, spents, used) AS n (owner, balance, held, spent, used)
    WHERE b.owner = n.owner AND n.used;

    RETURN QUERY SELECT o.at::integer, o.outcome, o.cost
    FROM unnest(outcomes, finals) WITH ORDINALITY AS o (outcome, cost, at) ORDER BY o.at;
END $$;

-- The form that instances of earlier versions call while they are replaced.
CREATE OR REPLACE FUNCTION end_edits(ids text[], kinds text[], costs bigint[], images bigint[], text_inputs bigint[], cached_text_inputs bigint[],
        image_inputs bigint[], cached_image_inputs bigint[], outputs bigint[], text_outputs bigint[], notes text[], now_millis bigint)
    RETURNS TABLE (item integer, outcome text, final_cost bigint) LANGUAGE sql AS $$
    SELECT e.item, e.outcome, e.final_cost FROM end_edits(ids, kinds, costs, images, text_inputs, cached_text_inputs, image_inputs,
        cached_image_inputs, outputs, text_outputs, notes, array_fill(NULL::text, ARRAY[cardinality(ids)]),
        array_fill(NULL::text, ARRAY[cardinality(ids)]), array_fill(NULL::text, ARRAY[cardinality(ids)]), now_millis) AS e
$$;
