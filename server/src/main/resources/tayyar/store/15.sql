-- An organisation can be erased: its names, and all that people have written about it. Amounts,
-- dates and ids stay, for the books; its row stays, with its id for a name. The mark alone lets the
-- texts of its movements and of the log about it be blanked, and it is never taken away.
ALTER TABLE organisations ADD COLUMN erased_ms INTEGER;

CREATE TRIGGER erased_stays BEFORE UPDATE ON organisations
WHEN old.erased_ms IS NOT NULL AND new.erased_ms IS NOT old.erased_ms
BEGIN
  SELECT RAISE(ABORT, 'an organisation that was erased stays so');
END;

DROP TRIGGER movement_kept;
CREATE TRIGGER movement_kept BEFORE UPDATE ON movements
WHEN (SELECT erased_ms FROM organisations WHERE id = old.organisation_id) IS NULL
  OR (new.id, new.organisation_id, new.kind, new.amount, new.made_by, new.at_ms)
    IS NOT (old.id, old.organisation_id, old.kind, old.amount, old.made_by, old.at_ms)
  OR new.note <> '' OR new.idempotency_key IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a movement is never changed');
END;

DROP TRIGGER audit_kept;
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit
WHEN NOT EXISTS (
    SELECT 1 FROM organisations WHERE erased_ms IS NOT NULL AND id = CASE old.kind
      WHEN 'organisation' THEN old.subject
      WHEN 'movement' THEN
        (SELECT organisation_id FROM movements WHERE id = CAST(old.subject AS INTEGER))
      WHEN 'project' THEN (SELECT organisation_id FROM projects WHERE id = old.subject)
      WHEN 'key' THEN (SELECT organisation_id FROM keys JOIN projects ON projects.id = project_id
        WHERE keys.id = old.subject)
      END)
  OR (new.id, new.at_ms, new.who, new.kind, new.subject)
    IS NOT (old.id, old.at_ms, old.who, old.kind, old.subject)
  OR new.before_json IS NOT iif(old.before_json IS NULL, NULL, '{"erased":true}')
  OR new.after_json IS NOT iif(old.after_json IS NULL, NULL, '{"erased":true}')
BEGIN
  SELECT RAISE(ABORT, 'the audit log is never changed');
END;

CREATE TRIGGER limits_deleted AFTER DELETE ON limits BEGIN
  UPDATE keys_version SET version = version + 1;
END;

DROP VIEW told_organisations;
CREATE VIEW told_organisations AS
SELECT organisations.id AS id, json_object(
  'id', organisations.id, 'name', organisations.name, 'plan', plans.name,
  'pays', json(iif(pays = 1, 'true', 'false')), 'zone', zone,
  'regions', json(iif(regions IS NULL, 'null',
    replace(replace(replace(json_array(regions), '\\', char(1)), '\n', '","'), char(1), '\\'))),
  'networks', json(iif(networks IS NULL, 'null', replace(json_array(networks), '\n', '","'))),
  'suspended', strftime('%Y-%m-%dT%H:%M:%fZ', suspended_ms / 1000.0, 'unixepoch'),
  'erased', strftime('%Y-%m-%dT%H:%M:%fZ', erased_ms / 1000.0, 'unixepoch')
) AS told
FROM organisations LEFT JOIN plans ON plans.id = plan_id;
