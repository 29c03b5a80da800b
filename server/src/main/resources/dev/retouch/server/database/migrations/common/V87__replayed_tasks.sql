-- 1: a repeated submission has received the id of the task, so the task must not be removed when the first submission fails.
ALTER TABLE edit_tasks ADD COLUMN replayed INTEGER NOT NULL DEFAULT 0;
