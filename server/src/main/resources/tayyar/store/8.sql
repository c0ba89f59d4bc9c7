-- Limits of keys, projects, organisations and plans; 0 is none. A key's requests a minute stand with
-- the key. What is spent is compared with sums over the requests, never with a counter.
CREATE TABLE limits (
  holder_id TEXT PRIMARY KEY,
  requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute >= 0),
  tokens_per_minute INTEGER NOT NULL CHECK (tokens_per_minute >= 0),
  requests_at_once INTEGER NOT NULL CHECK (requests_at_once >= 0),
  tokens_per_request INTEGER NOT NULL CHECK (tokens_per_request >= 0),
  spend_per_day INTEGER NOT NULL CHECK (spend_per_day >= 0),
  spend_per_month INTEGER NOT NULL CHECK (spend_per_month >= 0)
) STRICT;

CREATE TRIGGER limits_set AFTER INSERT ON limits BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER limits_changed AFTER UPDATE ON limits BEGIN
  UPDATE keys_version SET version = version + 1;
END;
