-- JSON: the changes that the gateway makes to images of the group; without a value those of the settings.
ALTER TABLE caller_groups ADD COLUMN normalise TEXT;
