-- What an operator asks of a request at night. Older rows do not know it.
ALTER TABLE requests ADD COLUMN queued_us INTEGER;
ALTER TABLE requests ADD COLUMN bytes_in INTEGER;
ALTER TABLE requests ADD COLUMN bytes_out INTEGER;
-- Each target that was asked and why it ended, for people; NULL where one gave the whole answer.
ALTER TABLE requests ADD COLUMN tries TEXT;
