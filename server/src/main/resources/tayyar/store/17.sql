-- Tokens that a prompt wrote into a cache have a price of their own; before, they had the input's.
ALTER TABLE requests ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;
-- Those of the completion that were thought and not said.
ALTER TABLE requests ADD COLUMN reasoning_tokens INTEGER NOT NULL DEFAULT 0;
-- The API language of the client; NULL in older rows, and where a process was killed.
ALTER TABLE requests ADD COLUMN dialect TEXT;

ALTER TABLE days ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;

ALTER TABLE prices ADD COLUMN cache_write INTEGER NOT NULL DEFAULT 0 CHECK (cache_write >= 0);
DROP TRIGGER price_kept;
UPDATE prices SET cache_write = input;
CREATE TRIGGER price_kept BEFORE UPDATE ON prices BEGIN
  SELECT RAISE(ABORT, 'a price is never changed');
END;

DROP VIEW told_prices;
CREATE VIEW told_prices AS
SELECT id, json_object(
  'id', id, 'model', model,
  'input', rtrim(rtrim(printf(
    '%d.%09d', input / 1000000000, input % 1000000000), '0'), '.'),
  'cached_input', rtrim(rtrim(printf(
    '%d.%09d', cached_input / 1000000000, cached_input % 1000000000), '0'), '.'),
  'cache_write', rtrim(rtrim(printf(
    '%d.%09d', cache_write / 1000000000, cache_write % 1000000000), '0'), '.'),
  'output', rtrim(rtrim(printf(
    '%d.%09d', output / 1000000000, output % 1000000000), '0'), '.'),
  'request', rtrim(rtrim(printf(
    '%d.%09d', request / 1000000000, request % 1000000000), '0'), '.'),
  'from', strftime('%Y-%m-%dT%H:%M:%fZ', valid_from_ms / 1000.0, 'unixepoch')
) AS told
FROM prices;
