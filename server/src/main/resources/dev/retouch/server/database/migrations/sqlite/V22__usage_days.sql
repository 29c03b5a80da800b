-- The usage of ended edits by the day of their hold, so that reports need not read every edit. Triggers keep it in the transaction that
-- ends or refunds an edit, whichever statement and whichever version of the gateway does that.
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

INSERT INTO usage_days
SELECT created_at / 86400000, key_id, group_name, model,
    SUM(CASE WHEN state = 'settled' THEN 1 ELSE 0 END), SUM(CASE WHEN state = 'released' THEN 1 ELSE 0 END),
    SUM(images_delivered), SUM(text_input_tokens), SUM(image_input_tokens), SUM(output_tokens),
    SUM(cached_text_input_tokens), SUM(cached_image_input_tokens), SUM(text_output_tokens), SUM(cost), SUM(refunded)
FROM edits WHERE state IN ('settled', 'released') GROUP BY 1, 2, 3, 4;

CREATE TRIGGER edits_end_usage AFTER UPDATE OF state ON edits
WHEN NEW.state IN ('settled', 'released') AND OLD.state NOT IN ('settled', 'released')
BEGIN
    INSERT INTO usage_days VALUES (NEW.created_at / 86400000, NEW.key_id, NEW.group_name, NEW.model,
        CASE WHEN NEW.state = 'settled' THEN 1 ELSE 0 END, CASE WHEN NEW.state = 'released' THEN 1 ELSE 0 END,
        NEW.images_delivered, NEW.text_input_tokens, NEW.image_input_tokens, NEW.output_tokens,
        NEW.cached_text_input_tokens, NEW.cached_image_input_tokens, NEW.text_output_tokens, NEW.cost, NEW.refunded)
    ON CONFLICT (day, key_id, group_name, model) DO UPDATE SET
        settled = settled + excluded.settled, released = released + excluded.released,
        images = images + excluded.images,
        text_input_tokens = text_input_tokens + excluded.text_input_tokens,
        image_input_tokens = image_input_tokens + excluded.image_input_tokens,
        output_tokens = output_tokens + excluded.output_tokens,
        cached_text_input_tokens = cached_text_input_tokens + excluded.cached_text_input_tokens,
        cached_image_input_tokens = cached_image_input_tokens + excluded.cached_image_input_tokens,
        text_output_tokens = text_output_tokens + excluded.text_output_tokens,
        cost = cost + excluded.cost, refunded = refunded + excluded.refunded;
END;

CREATE TRIGGER edits_refund_usage AFTER UPDATE OF refunded ON edits WHEN NEW.refunded <> OLD.refunded
BEGIN
    UPDATE usage_days SET refunded = refunded + NEW.refunded - OLD.refunded
    WHERE day = NEW.created_at / 86400000 AND key_id = NEW.key_id AND group_name = NEW.group_name
        AND model = NEW.model;
END;
