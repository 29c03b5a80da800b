-- What administrators gave back of the cost. The cost stays what was charged.
ALTER TABLE edits ADD COLUMN refunded BIGINT NOT NULL DEFAULT 0;
-- When the owner was deleted last, and its budget brought to zero: refunds of older edits have nobody to go to.
ALTER TABLE budgets ADD COLUMN closed_at BIGINT;
