-- Who calls, and what it costs. Money is a whole number of billionths of the store's currency,
-- which is chosen before the first price and never changed afterwards.
CREATE TABLE currency (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  code TEXT NOT NULL
) STRICT;

INSERT INTO currency VALUES (1, 'EGP');

CREATE TABLE plans (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  -- Names of models, a line each; NULL is all.
  models TEXT,
  overdraft INTEGER NOT NULL DEFAULT 0 CHECK (overdraft >= 0),
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE organisations (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  plan_id TEXT REFERENCES plans (id),
  pays INTEGER NOT NULL CHECK (pays IN (0, 1)),
  -- Days and months are counted in it.
  zone TEXT NOT NULL,
  suspended_ms INTEGER,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE projects (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  name TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  UNIQUE (organisation_id, name)
) STRICT;

INSERT INTO organisations
VALUES ('org_default', 'default', NULL, 0, 'Africa/Cairo', NULL, 1000 * unixepoch());
INSERT INTO projects VALUES ('proj_default', 'org_default', 'default', 1000 * unixepoch());

-- Keys of before belong to an organisation that pays nothing until its operator says so.
ALTER TABLE keys ADD COLUMN project_id TEXT NOT NULL DEFAULT 'proj_default';
ALTER TABLE keys ADD COLUMN expires_ms INTEGER;
-- Names of models, a line each; NULL is all of the plan's.
ALTER TABLE keys ADD COLUMN models TEXT;

-- Never updated: another price is another row. Prices of a million tokens, and of a request.
CREATE TABLE prices (
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL,
  input INTEGER NOT NULL CHECK (input >= 0),
  cached_input INTEGER NOT NULL CHECK (cached_input >= 0),
  output INTEGER NOT NULL CHECK (output >= 0),
  request INTEGER NOT NULL CHECK (request >= 0),
  valid_from_ms INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

-- What comes onto a balance, or is corrected; what requests use stands in their rows.
CREATE TABLE movements (
  id INTEGER PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  kind TEXT NOT NULL CHECK (kind IN ('top_up', 'grant', 'correction')),
  amount INTEGER NOT NULL,
  note TEXT NOT NULL,
  idempotency_key TEXT,
  made_by TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  UNIQUE (organisation_id, idempotency_key)
) STRICT;

-- What each organisation has used, as its rows say: kept so that a start need not add them up.
CREATE TABLE used (
  organisation_id TEXT PRIMARY KEY REFERENCES organisations (id),
  amount INTEGER NOT NULL
) STRICT;

ALTER TABLE requests ADD COLUMN project_id TEXT;
ALTER TABLE requests ADD COLUMN price_id INTEGER;
-- Rounded up once for the row; a bill is a sum of rows.
ALTER TABLE requests ADD COLUMN amount INTEGER;

-- The same number tells a running server of all that it has to know.
DROP TRIGGER key_changed;
CREATE TRIGGER key_changed
AFTER UPDATE OF id, name, hint, sha256, requests_per_minute, revoked_ms, project_id, expires_ms, models
ON keys BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER plan_changed AFTER UPDATE ON plans BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER organisation_changed AFTER UPDATE ON organisations BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER price_made AFTER INSERT ON prices BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER price_kept BEFORE UPDATE ON prices BEGIN
  SELECT RAISE(ABORT, 'a price is never changed');
END;
CREATE TRIGGER movement_made AFTER INSERT ON movements BEGIN
  UPDATE keys_version SET version = version + 1;
END;
CREATE TRIGGER movement_kept BEFORE UPDATE ON movements BEGIN
  SELECT RAISE(ABORT, 'a movement is never changed');
END;
