-- The mask mode of edits that do not choose one: hint, strict or off.
ALTER TABLE caller_groups ADD COLUMN mask_mode VARCHAR(16) NOT NULL DEFAULT 'hint';
