-- Whether the answers to a key tell what they cost though their requests do not ask; and what its
-- requests have cost in all, as their rows say: kept so that nobody has to add them up.
ALTER TABLE keys ADD COLUMN shows_cost INTEGER NOT NULL DEFAULT 0 CHECK (shows_cost IN (0, 1));
ALTER TABLE keys ADD COLUMN used INTEGER NOT NULL DEFAULT 0;

UPDATE keys SET used = sums.amount
FROM (
  SELECT key_id, sum(amount) AS amount FROM requests WHERE amount > 0 GROUP BY key_id
) AS sums
WHERE sums.key_id = keys.id;

DROP TRIGGER key_changed;
CREATE TRIGGER key_changed
AFTER UPDATE OF id, name, hint, sha256, requests_per_minute, revoked_ms, project_id, expires_ms,
  models, shows_cost
ON keys BEGIN
  UPDATE keys_version SET version = version + 1;
END;

DROP VIEW told_keys;
CREATE VIEW told_keys AS
SELECT id, json_object(
  'id', id, 'name', name, 'hint', hint, 'project', project_id,
  'requests_per_minute', requests_per_minute,
  'models', json(iif(models IS NULL, 'null',
    replace(replace(replace(json_array(models), '\\', char(1)), '\n', '","'), char(1), '\\'))),
  'expires', strftime('%Y-%m-%dT%H:%M:%fZ', expires_ms / 1000.0, 'unixepoch'),
  'shows_cost', json(iif(shows_cost = 1, 'true', 'false')),
  'revoked', strftime('%Y-%m-%dT%H:%M:%fZ', revoked_ms / 1000.0, 'unixepoch')
) AS told
FROM keys;
