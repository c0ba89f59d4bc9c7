-- Who may look and act under /admin/v1. Only a token's SHA-256 is kept.
CREATE TABLE admin_tokens (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  hint TEXT NOT NULL,
  sha256 BLOB NOT NULL UNIQUE CHECK (length(sha256) = 32),
  role TEXT NOT NULL CHECK (role IN ('owner', 'billing', 'read-only')),
  created_ms INTEGER NOT NULL,
  revoked_ms INTEGER
) STRICT;

-- Who writes in this transaction, and what the row that is being changed was. Between transactions
-- nobody does: a change by other means is unknown's.
CREATE TABLE acting (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  who TEXT NOT NULL,
  was TEXT
) STRICT;

INSERT INTO acting VALUES (1, 'unknown', NULL);

-- Every change, in the transaction of the change. Before is NULL of what was made.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  who TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  before_json TEXT,
  after_json TEXT
) STRICT;

CREATE TRIGGER audit_kept BEFORE UPDATE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER audit_stays BEFORE DELETE ON audit BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;
CREATE TRIGGER movement_stays BEFORE DELETE ON movements BEGIN
  SELECT RAISE(ABORT, 'a movement is never changed');
END;

-- What the log tells of each row, secrets never. A column that is added to a table is added here:
-- the view is dropped and made anew, and the triggers below stay. Amounts are texts with all their
-- digits, times are RFC 3339, names of models are lists.
CREATE VIEW told_organisations AS
SELECT organisations.id AS id, json_object(
  'id', organisations.id, 'name', organisations.name, 'plan', plans.name,
  'pays', json(iif(pays = 1, 'true', 'false')), 'zone', zone,
  'suspended', strftime('%Y-%m-%dT%H:%M:%fZ', suspended_ms / 1000.0, 'unixepoch')
) AS told
FROM organisations LEFT JOIN plans ON plans.id = plan_id;

CREATE VIEW told_projects AS
SELECT projects.id AS id, json_object(
  'id', projects.id, 'organisation', organisations.name, 'name', projects.name
) AS told
FROM projects JOIN organisations ON organisations.id = organisation_id;

CREATE VIEW told_plans AS
SELECT id, json_object(
  'id', id, 'name', name,
  'models', json(iif(models IS NULL, 'null',
    replace(replace(replace(json_array(models), '\\', char(1)), '\n', '","'), char(1), '\\'))),
  'overdraft', rtrim(rtrim(printf(
    '%d.%09d', overdraft / 1000000000, overdraft % 1000000000), '0'), '.')
) AS told
FROM plans;

CREATE VIEW told_keys AS
SELECT id, json_object(
  'id', id, 'name', name, 'hint', hint, 'project', project_id,
  'requests_per_minute', requests_per_minute,
  'models', json(iif(models IS NULL, 'null',
    replace(replace(replace(json_array(models), '\\', char(1)), '\n', '","'), char(1), '\\'))),
  'expires', strftime('%Y-%m-%dT%H:%M:%fZ', expires_ms / 1000.0, 'unixepoch'),
  'revoked', strftime('%Y-%m-%dT%H:%M:%fZ', revoked_ms / 1000.0, 'unixepoch')
) AS told
FROM keys;

CREATE VIEW told_prices AS
SELECT id, json_object(
  'id', id, 'model', model,
  'input', rtrim(rtrim(printf(
    '%d.%09d', input / 1000000000, input % 1000000000), '0'), '.'),
  'cached_input', rtrim(rtrim(printf(
    '%d.%09d', cached_input / 1000000000, cached_input % 1000000000), '0'), '.'),
  'output', rtrim(rtrim(printf(
    '%d.%09d', output / 1000000000, output % 1000000000), '0'), '.'),
  'request', rtrim(rtrim(printf(
    '%d.%09d', request / 1000000000, request % 1000000000), '0'), '.'),
  'from', strftime('%Y-%m-%dT%H:%M:%fZ', valid_from_ms / 1000.0, 'unixepoch')
) AS told
FROM prices;

CREATE VIEW told_movements AS
SELECT movements.id AS id, json_object(
  'id', movements.id, 'organisation', organisations.name, 'kind', kind,
  'amount', rtrim(rtrim(printf(
    '%s%d.%09d', iif(amount < 0, '-', ''), abs(amount) / 1000000000, abs(amount) % 1000000000),
    '0'), '.'),
  'note', note, 'idempotency_key', idempotency_key
) AS told
FROM movements JOIN organisations ON organisations.id = organisation_id;

CREATE VIEW told_admin_tokens AS
SELECT id, json_object(
  'id', id, 'name', name, 'hint', hint, 'role', role,
  'revoked', strftime('%Y-%m-%dT%H:%M:%fZ', revoked_ms / 1000.0, 'unixepoch')
) AS told
FROM admin_tokens;

CREATE TRIGGER organisation_made_told AFTER INSERT ON organisations BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'organisation', new.id, told
  FROM acting, told_organisations WHERE told_organisations.id = new.id;
END;
CREATE TRIGGER organisation_changes_told BEFORE UPDATE ON organisations BEGIN
  UPDATE acting SET was = (SELECT told FROM told_organisations WHERE id = old.id);
END;
CREATE TRIGGER organisation_changed_told AFTER UPDATE ON organisations BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'organisation', new.id, was, told
  FROM acting, told_organisations WHERE told_organisations.id = new.id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER organisation_gone_told BEFORE DELETE ON organisations BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'organisation', old.id, told
  FROM acting, told_organisations WHERE told_organisations.id = old.id;
END;
CREATE TRIGGER plan_made_told AFTER INSERT ON plans BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'plan', new.id, told
  FROM acting, told_plans WHERE told_plans.id = new.id;
END;
CREATE TRIGGER plan_changes_told BEFORE UPDATE ON plans BEGIN
  UPDATE acting SET was = (SELECT told FROM told_plans WHERE id = old.id);
END;
CREATE TRIGGER plan_changed_told AFTER UPDATE ON plans BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'plan', new.id, was, told
  FROM acting, told_plans WHERE told_plans.id = new.id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER plan_gone_told BEFORE DELETE ON plans BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'plan', old.id, told
  FROM acting, told_plans WHERE told_plans.id = old.id;
END;
CREATE TRIGGER key_made_told AFTER INSERT ON keys BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'key', new.id, told
  FROM acting, told_keys WHERE told_keys.id = new.id;
END;
-- The ledger notes each use of a key; that is no change.
CREATE TRIGGER key_changes_told BEFORE UPDATE ON keys WHEN old.last_used_ms IS new.last_used_ms BEGIN
  UPDATE acting SET was = (SELECT told FROM told_keys WHERE id = old.id);
END;
CREATE TRIGGER key_changed_told AFTER UPDATE ON keys WHEN old.last_used_ms IS new.last_used_ms BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'key', new.id, was, told
  FROM acting, told_keys WHERE told_keys.id = new.id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER key_gone_told BEFORE DELETE ON keys BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'key', old.id, told
  FROM acting, told_keys WHERE told_keys.id = old.id;
END;
CREATE TRIGGER admin_token_made_told AFTER INSERT ON admin_tokens BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'admin_token', new.id, told
  FROM acting, told_admin_tokens WHERE told_admin_tokens.id = new.id;
END;
CREATE TRIGGER admin_token_changes_told BEFORE UPDATE ON admin_tokens BEGIN
  UPDATE acting SET was = (SELECT told FROM told_admin_tokens WHERE id = old.id);
END;
CREATE TRIGGER admin_token_changed_told AFTER UPDATE ON admin_tokens BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'admin_token', new.id, was, told
  FROM acting, told_admin_tokens WHERE told_admin_tokens.id = new.id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER admin_token_gone_told BEFORE DELETE ON admin_tokens BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'admin_token', old.id, told
  FROM acting, told_admin_tokens WHERE told_admin_tokens.id = old.id;
END;
CREATE TRIGGER project_made_told AFTER INSERT ON projects BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'project', new.id, told
  FROM acting, told_projects WHERE told_projects.id = new.id;
END;
CREATE TRIGGER project_changes_told BEFORE UPDATE ON projects BEGIN
  UPDATE acting SET was = (SELECT told FROM told_projects WHERE id = old.id);
END;
CREATE TRIGGER project_changed_told AFTER UPDATE ON projects BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'project', new.id, was, told
  FROM acting, told_projects WHERE told_projects.id = new.id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER project_gone_told BEFORE DELETE ON projects BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'project', old.id, told
  FROM acting, told_projects WHERE told_projects.id = old.id;
END;
CREATE TRIGGER price_made_told AFTER INSERT ON prices BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'price', new.id, told
  FROM acting, told_prices WHERE told_prices.id = new.id;
END;
CREATE TRIGGER movement_made_told AFTER INSERT ON movements BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'movement', new.id, told
  FROM acting, told_movements WHERE told_movements.id = new.id;
END;

CREATE VIEW told_limits AS
SELECT holder_id AS id, json_object(
  'holder', holder_id, 'requests_per_minute', requests_per_minute,
  'tokens_per_minute', tokens_per_minute, 'requests_at_once', requests_at_once,
  'tokens_per_request', tokens_per_request,
  'spend_per_day', rtrim(rtrim(printf(
    '%d.%09d', spend_per_day / 1000000000, spend_per_day % 1000000000), '0'), '.'),
  'spend_per_month', rtrim(rtrim(printf(
    '%d.%09d', spend_per_month / 1000000000, spend_per_month % 1000000000), '0'), '.')
) AS told
FROM limits;

CREATE TRIGGER limits_made_told AFTER INSERT ON limits BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'limits', new.holder_id, told
  FROM acting, told_limits WHERE told_limits.id = new.holder_id;
END;
CREATE TRIGGER limits_changes_told BEFORE UPDATE ON limits BEGIN
  UPDATE acting SET was = (SELECT told FROM told_limits WHERE id = old.holder_id);
END;
CREATE TRIGGER limits_changed_told AFTER UPDATE ON limits BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'limits', new.holder_id, was, told
  FROM acting, told_limits WHERE told_limits.id = new.holder_id AND told <> was;
  UPDATE acting SET was = NULL;
END;
CREATE TRIGGER limits_gone_told BEFORE DELETE ON limits BEGIN
  INSERT INTO audit (at_ms, who, kind, subject, before_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'limits', old.holder_id, told
  FROM acting, told_limits WHERE told_limits.id = old.holder_id;
END;
