-- A row's id is the time at which it was written, in microseconds since the epoch, and at least one
-- more than that of the row before: rows of a span of time are found by id, and no request pays for
-- an index over times. Older rows had numbers; their ids become about the time of their end.
DROP INDEX requests_started;
DROP INDEX requests_key_started;

UPDATE requests SET id = timed.id
FROM (
  SELECT
    id AS was,
    max(1000 * started_ms + duration_us) OVER earlier + row_number() OVER earlier AS id
  FROM requests
  WINDOW earlier AS (ORDER BY id)
) AS timed
WHERE requests.id = timed.was;
