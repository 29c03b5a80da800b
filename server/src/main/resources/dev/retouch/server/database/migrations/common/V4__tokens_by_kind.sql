-- The tokens of an edit by kind. What was cached is part of the input beside it, and text output is part of output_tokens.
ALTER TABLE edits ADD COLUMN cached_text_input_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edits ADD COLUMN cached_image_input_tokens BIGINT NOT NULL DEFAULT 0;
ALTER TABLE edits ADD COLUMN text_output_tokens BIGINT NOT NULL DEFAULT 0;
