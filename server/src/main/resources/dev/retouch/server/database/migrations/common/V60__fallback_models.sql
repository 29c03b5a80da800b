-- JSON: the ids of the models that run an edit which no upstream of its model can take, in order.
ALTER TABLE caller_groups ADD COLUMN fallback_models TEXT NOT NULL DEFAULT '[]';
