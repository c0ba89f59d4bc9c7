-- The key is the request's own id, so that nothing counts rows and no writer has to know another's
-- last one. When a row was written is a column: spans of time are found by it. Many rows have the
-- same time, for they are written together; a cursor over both is (recorded_us, request_id).
CREATE TABLE requests_6 (
  request_id TEXT NOT NULL PRIMARY KEY,
  recorded_us INTEGER NOT NULL,
  key_id TEXT,
  model TEXT,
  target TEXT,
  attempts INTEGER NOT NULL,
  streamed INTEGER NOT NULL CHECK (streamed IN (0, 1)),
  outcome TEXT NOT NULL,
  error_code TEXT,
  status INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  estimated INTEGER NOT NULL CHECK (estimated IN (0, 1)),
  started_ms INTEGER NOT NULL,
  first_token_us INTEGER,
  duration_us INTEGER NOT NULL,
  gap_p50_us INTEGER,
  gap_p99_us INTEGER,
  -- Rows of before these were known have none of them.
  queued_us INTEGER,
  bytes_in INTEGER,
  bytes_out INTEGER,
  -- Each target that was asked and why it ended, for people; NULL where one gave the whole answer.
  tries TEXT
) STRICT;

INSERT INTO requests_6
SELECT
  request_id,
  -- An id that is still to come ran ahead behind a clock that had been set back: its row is dated
  -- by the request's end.
  iif(id > 1000000 * unixepoch(), 1000 * started_ms + duration_us, id),
  key_id, model, target, attempts, streamed, outcome, error_code, status,
  prompt_tokens, completion_tokens, cached_tokens, estimated,
  started_ms, first_token_us, duration_us, gap_p50_us, gap_p99_us,
  queued_us, bytes_in, bytes_out, tries
FROM requests
ORDER BY id;

DROP TABLE requests;
ALTER TABLE requests_6 RENAME TO requests;
CREATE INDEX requests_recorded ON requests (recorded_us);
