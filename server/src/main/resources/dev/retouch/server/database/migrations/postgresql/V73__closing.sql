-- What is in the ledger stays in the ledger, except in a transaction that replaces old edits by their sums.
CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_closing WHERE active = 1) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the ledger is append only';
END $$;

-- Checkpoints do not change. Older ones may go, the last one stays.
CREATE FUNCTION refuse_checkpoint_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF (to_jsonb(OLD) ->> TG_ARGV[0])::bigint < (SELECT MAX(id) FROM ledger_checkpoints) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the ledger is append only';
END $$;

CREATE TRIGGER ledger_checkpoints_stay BEFORE UPDATE OR DELETE ON ledger_checkpoints
FOR EACH ROW EXECUTE FUNCTION refuse_checkpoint_change('id');

CREATE TRIGGER ledger_checkpoints_remain BEFORE TRUNCATE ON ledger_checkpoints
FOR EACH STATEMENT EXECUTE FUNCTION refuse_checkpoint_change('id');

CREATE TRIGGER ledger_checkpoint_balances_stay BEFORE UPDATE OR DELETE ON ledger_checkpoint_balances
FOR EACH ROW EXECUTE FUNCTION refuse_checkpoint_change('checkpoint_id');

CREATE TRIGGER ledger_checkpoint_balances_remain BEFORE TRUNCATE ON ledger_checkpoint_balances
FOR EACH STATEMENT EXECUTE FUNCTION refuse_checkpoint_change('checkpoint_id');
