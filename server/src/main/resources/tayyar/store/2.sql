-- How many targets were asked; more than 1 where the first did not answer.
ALTER TABLE requests ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
