-- The gateway that wrote the row: what others have charged counts for limits of spending too. NULL in
-- older rows, and where a process was killed.
ALTER TABLE requests ADD COLUMN gateway_id TEXT COLLATE "C";
