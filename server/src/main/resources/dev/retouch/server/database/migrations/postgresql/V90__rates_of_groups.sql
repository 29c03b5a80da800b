-- Takes tokens for several requests, one after the other, as take_rate_tokens does for one. Row i of the arrays says that request
-- positions[i] takes tokens[i] from bucket ids[i]; the rows of a request stand together, and requests are numbered from 1. A request takes
-- from all its buckets or from none. Returns a row for each row of the arrays, in their order.
CREATE FUNCTION take_rate_tokens_in_turn(positions integer[], ids text[], limits bigint[], tokens bigint[], at_millis bigint)
    RETURNS TABLE (item integer, taken boolean, tokens_left bigint, wait_millis bigint) LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := COALESCE(at_millis, (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    total integer := cardinality(ids);
    buckets text[];
    known boolean[];
    levels bigint[];
    rates bigint[];
    times bigint[];
    used boolean[];
    locked integer;
    written integer;
    first integer := 1;
    last integer;
    bucket integer;
    enough boolean;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT count(*) INTO locked
    FROM (SELECT r.id FROM rate_limits r WHERE r.id = ANY (ids) ORDER BY r.id FOR NO KEY UPDATE) AS own;
    SELECT array_agg(b.id), array_agg(r.id IS NOT NULL),
        array_agg(LEAST(r.per_minute * 60000, r.level + LEAST(GREATEST(moment, r.updated_at) - r.updated_at, 60000) * r.per_minute)),
        array_agg(CASE WHEN r.level IS NOT NULL THEN r.per_minute END), array_agg(GREATEST(moment, r.updated_at)), array_agg(false)
    INTO buckets, known, levels, rates, times, used
    FROM (SELECT DISTINCT i.id FROM unnest(ids) AS i (id)) AS b LEFT JOIN rate_limits r ON r.id = b.id;
    IF cardinality(array_positions(known, true)) <> locked THEN
        RAISE EXCEPTION 'a bucket was created by another writer at the same time' USING ERRCODE = 'serialization_failure';
    END IF;

    WHILE first <= total LOOP
        last := first;
        WHILE last < total AND positions[last + 1] = positions[first] LOOP
            last := last + 1;
        END LOOP;
        enough := true;
        FOR row_number IN first .. last LOOP
            bucket := array_position(buckets, ids[row_number]);
            IF rates[bucket] IS NULL THEN
                levels[bucket] := limits[row_number] * 60000;
            ELSIF rates[bucket] <> limits[row_number] THEN
                levels[bucket] := (levels[bucket]::numeric * limits[row_number] / rates[bucket])::bigint;
            END IF;
            rates[bucket] := limits[row_number];
            enough := enough AND levels[bucket] >= tokens[row_number] * 60000;
        END LOOP;
        FOR row_number IN first .. last LOOP
            bucket := array_position(buckets, ids[row_number]);
            IF enough THEN
                levels[bucket] := levels[bucket] - tokens[row_number] * 60000;
                used[bucket] := true;
            END IF;
            item := row_number;
            taken := enough;
            tokens_left := levels[bucket] / 60000;
            wait_millis := CASE WHEN enough OR tokens[row_number] * 60000 <= levels[bucket] THEN 0
                ELSE (tokens[row_number] * 60000 - levels[bucket] + limits[row_number] - 1) / limits[row_number] END;
            RETURN NEXT;
        END LOOP;
        first := last + 1;
    END LOOP;

    UPDATE rate_limits r SET state = NULL, per_minute = n.most, level = n.level, updated_at = n.updated, expires_at = n.updated + 120000
    FROM unnest(buckets, rates, levels, times, used, known) AS n (id, most, level, updated, used, known)
    WHERE r.id = n.id AND n.used AND n.known;
    IF cardinality(array_positions(known, false)) > 0 THEN
        INSERT INTO rate_limits (id, per_minute, level, updated_at, expires_at)
        SELECT n.id, n.most, n.level, n.updated, n.updated + 120000
        FROM unnest(buckets, rates, levels, times, used, known) AS n (id, most, level, updated, used, known)
        WHERE n.used AND NOT n.known ORDER BY n.id
        ON CONFLICT (id) DO NOTHING;
        GET DIAGNOSTICS written = ROW_COUNT;
        IF written <> (SELECT count(*) FROM unnest(used, known) AS n (used, known) WHERE n.used AND NOT n.known) THEN
            RAISE EXCEPTION 'a bucket was created by another writer at the same time' USING ERRCODE = 'serialization_failure';
        END IF;
    END IF;
END $$;

ALTER FUNCTION take_rate_tokens_in_turn SET plan_cache_mode = force_generic_plan
    SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off;
