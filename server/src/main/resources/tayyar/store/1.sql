-- Times ending in _ms are milliseconds since the epoch, those ending in _us are microseconds.

CREATE TABLE keys (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute >= 1),
  created_ms INTEGER NOT NULL,
  last_used_ms INTEGER,
  revoked_ms INTEGER
) STRICT;

-- Grows with every change of a key that matters to the server, so that a running one need not read
-- all keys again because the ledger wrote a row or noted a use.
CREATE TABLE keys_version (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  version INTEGER NOT NULL
) STRICT;

INSERT INTO keys_version VALUES (1, 0);

CREATE TRIGGER key_inserted AFTER INSERT ON keys BEGIN
  UPDATE keys_version SET version = version + 1;
END;

CREATE TRIGGER key_changed AFTER UPDATE OF id, name, hint, sha256, requests_per_minute, revoked_ms
ON keys BEGIN
  UPDATE keys_version SET version = version + 1;
END;

CREATE TRIGGER key_deleted AFTER DELETE ON keys BEGIN
  UPDATE keys_version SET version = version + 1;
END;

-- The ledger: one row for each request, whatever ended it. NULL is "there was none".
CREATE TABLE requests (
  id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL,
  key_id TEXT,
  model TEXT,
  target TEXT,
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
  gap_p99_us INTEGER
) STRICT;

CREATE INDEX requests_request_id ON requests (request_id);
CREATE INDEX requests_key_started ON requests (key_id, started_ms);
CREATE INDEX requests_started ON requests (started_ms);
