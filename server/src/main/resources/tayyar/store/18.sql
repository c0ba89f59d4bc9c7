-- Responses that clients have asked to be stored, where the operator lets them. The input and the
-- response are JSON; the events of one that ran in the background are a stream as it was sent,
-- deflated. A gateway answers one that is in progress.
CREATE TABLE responses (
  id TEXT PRIMARY KEY,
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  previous_id TEXT,
  created_ms INTEGER NOT NULL,
  gateway_id TEXT,
  cancelled INTEGER NOT NULL DEFAULT 0 CHECK (cancelled IN (0, 1)),
  input_json TEXT NOT NULL,
  response_json TEXT NOT NULL,
  events BLOB,
  bytes INTEGER NOT NULL
) STRICT;

CREATE INDEX responses_by_organisation ON responses (organisation_id, created_ms, id);
CREATE INDEX responses_by_age ON responses (created_ms);
CREATE INDEX responses_in_progress ON responses (gateway_id) WHERE gateway_id IS NOT NULL;

-- Until when a gateway answers for those that are in progress there.
CREATE TABLE answering (
  gateway_id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT;

-- What each organisation holds, so that a bound is checked without reading all of it.
CREATE TABLE responses_held (
  organisation_id TEXT PRIMARY KEY,
  responses INTEGER NOT NULL,
  bytes INTEGER NOT NULL
) STRICT;

CREATE TRIGGER response_made AFTER INSERT ON responses BEGIN
  INSERT INTO responses_held VALUES (new.organisation_id, 1, new.bytes)
  ON CONFLICT (organisation_id)
    DO UPDATE SET responses = responses + 1, bytes = bytes + new.bytes;
END;
CREATE TRIGGER response_changed AFTER UPDATE OF bytes ON responses BEGIN
  UPDATE responses_held SET bytes = bytes + new.bytes - old.bytes
  WHERE organisation_id = new.organisation_id;
END;
CREATE TRIGGER response_gone AFTER DELETE ON responses BEGIN
  UPDATE responses_held SET responses = responses - 1, bytes = bytes - old.bytes
  WHERE organisation_id = old.organisation_id;
END;
