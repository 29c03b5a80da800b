-- The function of V31, except that a hold of an edit that the ledger has already leaves the claim of the edit as it is.

-- Holds the maximum cost of edits with different ids. Row i of the result is the outcome of edit i: held, insufficient (with
-- the owner and what it has available), overflow, claim_lost, or duplicate.
CREATE OR REPLACE FUNCTION hold_edits(ids text[], keys text[], group_names text[], models text[], currencies text[], price_versions text[],
        frees integer[], amounts bigint[], asked bigint[], claim_accounts text[], claim_keys text[], holder text, now_millis bigint)
    RETURNS TABLE (item integer, outcome text, refused_by text, balance bigint) LANGUAGE plpgsql AS $$
DECLARE
    total integer := cardinality(ids);
    known text[];
    owners text[];
    created text[];
    limits integer[];
    balances bigint[];
    holds bigint[];
    used boolean[];
    outcomes text[] := array_fill(NULL::text, ARRAY[total]);
    refusals text[] := array_fill(NULL::text, ARRAY[total]);
    remains bigint[] := array_fill(NULL::bigint, ARRAY[total]);
    at integer;
    written integer;
    entry record;
BEGIN
    SELECT array_agg(locked.id) INTO known
    FROM (SELECT e.id FROM edits e WHERE e.id = ANY (ids) ORDER BY e.id FOR NO KEY UPDATE) AS locked;

    SELECT array_agg(DISTINCT side.owner ORDER BY side.owner) INTO owners
    FROM unnest(keys, group_names, frees, amounts) AS asked_for (key_id, group_name, free, amount)
    CROSS JOIN LATERAL (VALUES ('key:' || key_id), ('group:' || group_name)) AS side (owner)
    WHERE free = 0 AND amount <> 0;
    created := create_budgets(owners);

    -- edits that hold nothing still need a budget that is not overdrawn, if there is one
    SELECT array_agg(DISTINCT side.owner ORDER BY side.owner) INTO owners
    FROM unnest(keys, group_names, frees) AS asked_for (key_id, group_name, free)
    CROSS JOIN LATERAL (VALUES ('key:' || key_id), ('group:' || group_name)) AS side (owner)
    WHERE free = 0;
    SELECT array_agg(b.owner), array_agg(b.limited), array_agg(b.available), array_agg(b.held), array_agg(false)
    INTO owners, limits, balances, holds, used
    FROM (SELECT * FROM budgets WHERE owner = ANY (owners) ORDER BY owner FOR NO KEY UPDATE) AS b;

    FOR entry IN
        SELECT i.at, i.id, i.free, i.amount, i.claim_account, i.claim_key, k.position AS key_at, g.position AS group_at
        FROM unnest(ids, keys, group_names, frees, amounts, claim_accounts, claim_keys)
            WITH ORDINALITY AS i (id, key_id, group_name, free, amount, claim_account, claim_key, at)
        LEFT JOIN unnest(owners) WITH ORDINALITY AS k (owner, position) ON k.owner = 'key:' || i.key_id
        LEFT JOIN unnest(owners) WITH ORDINALITY AS g (owner, position) ON g.owner = 'group:' || i.group_name
        ORDER BY i.at
    LOOP
        at := entry.at;
        IF entry.free = 0 THEN
            IF limits[entry.key_at] <> 0 AND balances[entry.key_at] < entry.amount THEN
                outcomes[at] := 'insufficient';
                refusals[at] := owners[entry.key_at];
                remains[at] := balances[entry.key_at];
                CONTINUE;
            ELSIF limits[entry.group_at] <> 0 AND balances[entry.group_at] < entry.amount THEN
                outcomes[at] := 'insufficient';
                refusals[at] := owners[entry.group_at];
                remains[at] := balances[entry.group_at];
                CONTINUE;
            ELSIF entry.amount <> 0 AND NOT (amount_fits(balances[entry.key_at], -entry.amount)
                    AND amount_fits(holds[entry.key_at], entry.amount)
                    AND amount_fits(balances[entry.group_at], -entry.amount)
                    AND amount_fits(holds[entry.group_at], entry.amount)) THEN
                outcomes[at] := 'overflow';
                refusals[at] := owners[entry.key_at];
                CONTINUE;
            END IF;
        END IF;
        IF entry.id = ANY (known) THEN
            outcomes[at] := 'duplicate';
            CONTINUE;
        END IF;
        IF entry.claim_key IS NOT NULL AND NOT dispatch_claim(entry.claim_account, entry.claim_key, entry.id) THEN
            outcomes[at] := 'claim_lost';
            CONTINUE;
        END IF;
        outcomes[at] := 'held';
        IF entry.free = 0 AND entry.amount <> 0 THEN
            balances[entry.key_at] := balances[entry.key_at] - entry.amount;
            holds[entry.key_at] := holds[entry.key_at] + entry.amount;
            used[entry.key_at] := true;
            balances[entry.group_at] := balances[entry.group_at] - entry.amount;
            holds[entry.group_at] := holds[entry.group_at] + entry.amount;
            used[entry.group_at] := true;
        END IF;
    END LOOP;

    INSERT INTO edits (id, key_id, group_name, model, currency, price_version, free, state, held, cost, images_asked,
        images_delivered, text_input_tokens, image_input_tokens, output_tokens, instance, created_at)
    SELECT i.id, i.key_id, i.group_name, i.model, i.currency, i.price_version, i.free, 'held', i.amount, 0, i.asked,
        0, 0, 0, 0, holder, now_millis
    FROM unnest(ids, keys, group_names, models, currencies, price_versions, frees, amounts, asked, outcomes)
        AS i (id, key_id, group_name, model, currency, price_version, free, amount, asked, outcome)
    WHERE i.outcome = 'held' ORDER BY i.id
    ON CONFLICT (id) DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> (SELECT count(*) FROM unnest(outcomes) AS o (outcome) WHERE o.outcome = 'held') THEN
        RAISE EXCEPTION 'an edit was held by another writer at the same time' USING ERRCODE = 'serialization_failure';
    END IF;

    WITH wanted AS (
        SELECT i.id, i.key_id, i.group_name, i.amount FROM unnest(ids, keys, group_names, frees, amounts, outcomes)
            WITH ORDINALITY AS i (id, key_id, group_name, free, amount, outcome, at)
        WHERE i.outcome = 'held' AND i.free = 0 AND i.amount <> 0 ORDER BY i.at
    ), posted AS (
        INSERT INTO ledger_transactions (kind, edit_id, created_at) SELECT 'hold', w.id, now_millis FROM wanted w
        RETURNING id, edit_id
    )
    INSERT INTO ledger_entries (transaction_id, owner, account, amount)
    SELECT p.id, side.owner, line.account, line.amount FROM posted p JOIN wanted w ON w.id = p.edit_id
    CROSS JOIN LATERAL (VALUES ('key:' || w.key_id), ('group:' || w.group_name)) AS side (owner)
    CROSS JOIN LATERAL (VALUES ('available', -w.amount), ('held', w.amount)) AS line (account, amount);

    UPDATE budgets b SET available = n.balance, held = n.held
    FROM unnest(owners, balances, holds, used) AS n (owner, balance, held, used)
    WHERE b.owner = n.owner AND n.used;

    IF cardinality(created) > 0 THEN
        DELETE FROM budgets b WHERE b.owner = ANY (created)
        AND NOT EXISTS (SELECT FROM unnest(owners, used) AS n (owner, used) WHERE n.owner = b.owner AND n.used);
    END IF;

    RETURN QUERY SELECT o.at::integer, o.outcome, o.refused_by, o.balance
    FROM unnest(outcomes, refusals, remains) WITH ORDINALITY AS o (outcome, refused_by, balance, at) ORDER BY o.at;
END $$;
