-- A row whose commit was reported as failed was written a second time: the first one stays, and
-- from now on there is no second.
DELETE FROM requests WHERE EXISTS (
  SELECT 1 FROM requests AS earlier
  WHERE earlier.request_id = requests.request_id AND earlier.id < requests.id
);

DROP INDEX requests_request_id;
CREATE UNIQUE INDEX requests_request_id ON requests (request_id);
