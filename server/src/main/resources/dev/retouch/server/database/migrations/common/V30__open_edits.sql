-- Only edits that have not ended are looked up by state. Settled and released edits, which are almost all, need no entry.
CREATE INDEX edits_held ON edits (instance, created_at) WHERE state = 'held';
CREATE INDEX edits_undecided ON edits (decided_at) WHERE state = 'undecided';
DROP INDEX edits_by_state;
