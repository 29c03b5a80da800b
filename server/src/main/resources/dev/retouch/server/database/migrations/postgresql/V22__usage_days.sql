-- The usage of ended edits by the day of their hold, so that reports need not read every edit. A trigger keeps it in the transaction that
-- ends or refunds edits, whichever statement and whichever version of the gateway does that.
CREATE TABLE usage_days (
    -- days since 1970-01-01 in UTC
    day                       BIGINT NOT NULL,
    key_id                    TEXT   NOT NULL,
    group_name                TEXT   NOT NULL,
    model                     TEXT   NOT NULL,
    settled                   BIGINT NOT NULL,
    released                  BIGINT NOT NULL,
    images                    BIGINT NOT NULL,
    text_input_tokens         BIGINT NOT NULL,
    image_input_tokens        BIGINT NOT NULL,
    output_tokens             BIGINT NOT NULL,
    cached_text_input_tokens  BIGINT NOT NULL,
    cached_image_input_tokens BIGINT NOT NULL,
    text_output_tokens        BIGINT NOT NULL,
    cost                      BIGINT NOT NULL,
    refunded                  BIGINT NOT NULL,
    PRIMARY KEY (day, key_id, group_name, model)
);

CREATE INDEX usage_days_by_key ON usage_days (key_id, day);

-- no edit of a running instance ends between the sums and the trigger
LOCK TABLE edits IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO usage_days
SELECT created_at / 86400000, key_id, group_name, model,
    SUM(CASE WHEN state = 'settled' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'released' THEN 1 ELSE 0 END),
    SUM(images_delivered), SUM(text_input_tokens), SUM(image_input_tokens), SUM(output_tokens),
    SUM(cached_text_input_tokens), SUM(cached_image_input_tokens), SUM(text_output_tokens), SUM(cost), SUM(refunded)
FROM edits WHERE state IN ('settled', 'released') GROUP BY 1, 2, 3, 4;

-- One statement for all edits that a statement changed, in the order of the key, so that concurrent transactions wait instead of
-- blocking each other.
CREATE FUNCTION count_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO usage_days AS known
    SELECT changed.created_at / 86400000 AS day, changed.key_id, changed.group_name, changed.model,
        SUM(CASE WHEN ends AND changed.state = 'settled' THEN 1 ELSE 0 END),
        SUM(CASE WHEN ends AND changed.state = 'released' THEN 1 ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.images_delivered ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.text_input_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.image_input_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.output_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.cached_text_input_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.cached_image_input_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.text_output_tokens ELSE 0 END),
        SUM(CASE WHEN ends THEN changed.cost ELSE 0 END), SUM(changed.refunded - changed.refunded_before)
    FROM (
        SELECT ended.*, earlier.refunded AS refunded_before,
            ended.state IN ('settled', 'released') AND earlier.state NOT IN ('settled', 'released') AS ends
        FROM after_change ended JOIN before_change earlier ON earlier.id = ended.id
    ) AS changed
    WHERE ends OR changed.refunded <> changed.refunded_before
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ON CONFLICT (day, key_id, group_name, model) DO UPDATE SET
        settled = known.settled + excluded.settled, released = known.released + excluded.released,
        images = known.images + excluded.images,
        text_input_tokens = known.text_input_tokens + excluded.text_input_tokens,
        image_input_tokens = known.image_input_tokens + excluded.image_input_tokens,
        output_tokens = known.output_tokens + excluded.output_tokens,
        cached_text_input_tokens = known.cached_text_input_tokens + excluded.cached_text_input_tokens,
        cached_image_input_tokens = known.cached_image_input_tokens + excluded.cached_image_input_tokens,
        text_output_tokens = known.text_output_tokens + excluded.text_output_tokens,
        cost = known.cost + excluded.cost, refunded = known.refunded + excluded.refunded;
    RETURN NULL;
END $$;

CREATE TRIGGER edits_usage AFTER UPDATE ON edits
REFERENCING OLD TABLE AS before_change NEW TABLE AS after_change
FOR EACH STATEMENT EXECUTE FUNCTION count_usage();
