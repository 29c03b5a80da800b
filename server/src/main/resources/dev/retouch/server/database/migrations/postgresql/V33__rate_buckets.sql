-- A token bucket is three numbers, so that one statement takes from all buckets of an edit, or from none. The level is in 60000ths of a
-- token: at a limit of n per minute it rises by n in each millisecond, without rounding. Rows without a level are full.
ALTER TABLE rate_limits ADD COLUMN per_minute BIGINT;
ALTER TABLE rate_limits ADD COLUMN level BIGINT;
ALTER TABLE rate_limits ADD COLUMN updated_at BIGINT;
ALTER TABLE rate_limits SET (fillfactor = 50);

-- Takes tokens from buckets with different ids, or from none if one has too few. Row i says whether tokens were taken, how many whole
-- tokens bucket i has left, and after how many milliseconds it would have enough. A time of null is the time of the database. The commit
-- does not wait for the disk: a crash of the database may forget some requests of its last second.
CREATE FUNCTION take_rate_tokens(ids text[], limits bigint[], tokens bigint[], at_millis bigint)
    RETURNS TABLE (taken boolean, tokens_left bigint, wait_millis bigint) LANGUAGE plpgsql AS $$
DECLARE
    moment bigint := COALESCE(at_millis, (extract(epoch FROM clock_timestamp()) * 1000)::bigint);
    total integer := cardinality(ids);
    levels bigint[] := array_fill(0::bigint, ARRAY[total]);
    times bigint[] := array_fill(moment, ARRAY[total]);
    enough boolean := true;
    known integer;
    found_now integer := 0;
    written integer;
    bucket record;
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    SELECT count(*) INTO known
    FROM (SELECT r.id FROM rate_limits r WHERE r.id = ANY (ids) ORDER BY r.id FOR NO KEY UPDATE) AS locked;
    FOR bucket IN
        SELECT i.at, i.most, i.tokens, r.id, r.per_minute, r.level, r.updated_at
        FROM unnest(ids, limits, tokens) WITH ORDINALITY AS i (id, most, tokens, at) LEFT JOIN rate_limits r ON r.id = i.id
    LOOP
        levels[bucket.at] := bucket.most * 60000;
        IF bucket.id IS NOT NULL THEN
            found_now := found_now + 1;
            IF bucket.level IS NOT NULL THEN
                times[bucket.at] := GREATEST(moment, bucket.updated_at);
                levels[bucket.at] := LEAST(bucket.per_minute * 60000,
                    bucket.level + LEAST(times[bucket.at] - bucket.updated_at, 60000) * bucket.per_minute);
                IF bucket.per_minute <> bucket.most THEN
                    levels[bucket.at] := (levels[bucket.at]::numeric * bucket.most / bucket.per_minute)::bigint;
                END IF;
            END IF;
        END IF;
        enough := enough AND levels[bucket.at] >= bucket.tokens * 60000;
    END LOOP;
    IF found_now <> known THEN
        RAISE EXCEPTION 'a bucket was created by another writer at the same time' USING ERRCODE = 'serialization_failure';
    END IF;
    IF enough THEN
        SELECT array_agg(l.level - t.tokens * 60000 ORDER BY l.at) INTO levels
        FROM unnest(levels) WITH ORDINALITY AS l (level, at) JOIN unnest(tokens) WITH ORDINALITY AS t (tokens, at) USING (at);
        UPDATE rate_limits r SET state = NULL, per_minute = n.most, level = n.level, updated_at = n.updated,
            expires_at = n.updated + 120000
        FROM unnest(ids, limits, levels, times) AS n (id, most, level, updated) WHERE r.id = n.id;
        IF known < total THEN
            INSERT INTO rate_limits (id, per_minute, level, updated_at, expires_at)
            SELECT n.id, n.most, n.level, n.updated, n.updated + 120000
            FROM unnest(ids, limits, levels, times) AS n (id, most, level, updated)
            WHERE NOT EXISTS (SELECT FROM rate_limits r WHERE r.id = n.id) ORDER BY n.id
            ON CONFLICT (id) DO NOTHING;
            GET DIAGNOSTICS written = ROW_COUNT;
            IF written <> total - known THEN
                RAISE EXCEPTION 'a bucket was created by another writer at the same time' USING ERRCODE = 'serialization_failure';
            END IF;
        END IF;
    END IF;
    RETURN QUERY SELECT enough, n.level / 60000,
        CASE WHEN enough OR n.tokens * 60000 <= n.level THEN 0 ELSE (n.tokens * 60000 - n.level + n.most - 1) / n.most END
    FROM unnest(levels, limits, tokens) WITH ORDINALITY AS n (level, most, tokens, at) ORDER BY n.at;
END $$;
