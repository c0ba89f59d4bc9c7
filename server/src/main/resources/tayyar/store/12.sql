-- The processes that answer requests with this database's money, each until a moment that it moves
-- on: a dead one's leases are others' behind it.
CREATE TABLE gateways (
  id TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT;

-- What a gateway may hold and charge of an organisation's balance and overdraft, less what it has
-- charged; below zero where a running answer cost more.
CREATE TABLE leases (
  organisation_id TEXT NOT NULL REFERENCES organisations (id),
  gateway_id TEXT NOT NULL REFERENCES gateways (id) ON DELETE CASCADE,
  amount INTEGER NOT NULL,
  -- What it lacks: others give back what they do not hold.
  wanted INTEGER NOT NULL,
  PRIMARY KEY (organisation_id, gateway_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX leases_by_gateway ON leases (gateway_id);
