-- Holds and ends of edits, many in one statement. Locks are taken in this order by every writer of the ledger: rows of edits by id, new
-- budgets by owner, budgets by owner, claims, new edits by id. So no two writers wait for each other.

-- Ids come from a sequence, whatever a statement asks for: transactions of different owners are written at the same time.
CREATE SEQUENCE ledger_transaction_ids OWNED BY ledger_transactions.id;

SELECT setval('ledger_transaction_ids', (SELECT COALESCE(MAX(id), 0) + 1 FROM ledger_transactions), false);

CREATE FUNCTION number_ledger_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.id := nextval('ledger_transaction_ids');
    RETURN NEW;
END $$;

CREATE TRIGGER ledger_transactions_numbered BEFORE INSERT ON ledger_transactions
FOR EACH ROW EXECUTE FUNCTION number_ledger_transaction();

-- Budgets change with every edit, and none of the changed columns has an index.
ALTER TABLE budgets SET (fillfactor = 50);

-- Whether a sum of two amounts is an amount.
CREATE FUNCTION amount_fits(one bigint, other bigint) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT one::numeric + other BETWEEN -9223372036854775808 AND 9223372036854775807
$$;

-- Creates the budgets that do not exist, without a limit, and returns their owners.
CREATE FUNCTION create_budgets(owners text[]) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    created text[];
BEGIN
    WITH missing AS (
        SELECT wanted.owner FROM unnest(owners) AS wanted (owner)
        WHERE NOT EXISTS (SELECT FROM budgets b WHERE b.owner = wanted.owner) ORDER BY wanted.owner
    ), added AS (
        INSERT INTO budgets (owner, limited, available, held, spent) SELECT owner, 0, 0, 0, 0 FROM missing
        ON CONFLICT (owner) DO NOTHING RETURNING owner
    )
    SELECT COALESCE(array_agg(added.owner), '{}') INTO created FROM added;
    RETURN created;
END $$;

-- Marks the claim under which an edit was started as dispatched, so that no other edit takes it over. False if it has passed to another.
CREATE FUNCTION dispatch_claim(claim_account text, claim_key text, claim_edit text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    UPDATE edit_answers a SET dispatched = 1
    WHERE a.account = claim_account AND a.idempotency_key = claim_key AND a.edit_id = claim_edit AND a.state = 'running';
    RETURN FOUND;
END $$;

-- Holds the maximum cost of edits with different ids. Row i of the result is the outcome of edit i: held, insufficient (with
-- the owner and what it has available), overflow, claim_lost, or duplicate.
CREATE FUNCTION hold_edits(ids text[], keys text[], group_names text[], models text[], currencies text[], price_versions text[],
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
        IF entry.claim_key IS NOT NULL AND NOT dispatch_claim(entry.claim_account, entry.claim_key, entry.id) THEN
            outcomes[at] := 'claim_lost';
            CONTINUE;
        END IF;
        IF entry.id = ANY (known) THEN
            outcomes[at] := 'duplicate';
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

-- Ends edits with different ids. The kinds: settle and release end an edit that is held or undecided; charge_undecided (the whole hold),
-- settle_undecided (a cost) and release_undecided end an undecided one; undecided marks a held one. Row i of the result is the outcome of edit i and its cost:
-- done, not_open (it had ended, or is not in the state that the kind needs), unknown (no such edit), or overflow.
CREATE FUNCTION end_edits(ids text[], kinds text[], costs bigint[], images bigint[], text_inputs bigint[], cached_text_inputs bigint[],
        image_inputs bigint[], cached_image_inputs bigint[], outputs bigint[], text_outputs bigint[], notes text[], now_millis bigint)
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
            outputs, text_outputs, notes, outcomes) AS i (id, kind, cost, images, text_input, cached_text_input, image_input,
            cached_image_input, output, text_output, note, outcome)
        WHERE i.outcome = 'done'
    )
    UPDATE edits e SET
        state = CASE WHEN n.kind = 'undecided' THEN 'undecided' WHEN n.kind IN ('settle', 'charge_undecided', 'settle_undecided') THEN 'settled'
            ELSE 'released' END,
        cost = n.cost, images_delivered = n.images, text_input_tokens = n.text_input,
        cached_text_input_tokens = n.cached_text_input, image_input_tokens = n.image_input,
        cached_image_input_tokens = n.cached_image_input, output_tokens = n.output, text_output_tokens = n.text_output,
        decided_at = now_millis, note = n.note
    FROM ended n WHERE e.id = n.id;

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
