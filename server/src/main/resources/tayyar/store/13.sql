-- Where an organisation's requests may come from: networks such as 10.0.0.0/8, a line each; NULL is anywhere.
ALTER TABLE organisations ADD COLUMN networks TEXT;

DROP VIEW told_organisations;
CREATE VIEW told_organisations AS
SELECT organisations.id AS id, json_object(
  'id', organisations.id, 'name', organisations.name, 'plan', plans.name,
  'pays', json(iif(pays = 1, 'true', 'false')), 'zone', zone,
  'regions', json(iif(regions IS NULL, 'null',
    replace(replace(replace(json_array(regions), '\\', char(1)), '\n', '","'), char(1), '\\'))),
  'networks', json(iif(networks IS NULL, 'null', replace(json_array(networks), '\n', '","'))),
  'suspended', strftime('%Y-%m-%dT%H:%M:%fZ', suspended_ms / 1000.0, 'unixepoch')
) AS told
FROM organisations LEFT JOIN plans ON plans.id = plan_id;
