-- Counters of limits that gateways share. Nothing of them matters for longer than two minutes, so
-- they are in no log: a server that crashed, or a standby, begins them anew.
CREATE UNLOGGED TABLE limit_windows (
  organisation_id TEXT COLLATE "C" NOT NULL,
  counter TEXT COLLATE "C" NOT NULL,
  -- A minute of the server's clock since 1970: what it has, and what the one before has.
  slot BIGINT NOT NULL,
  units BIGINT NOT NULL,
  units_before BIGINT NOT NULL,
  PRIMARY KEY (organisation_id, counter)
) WITH (fillfactor = 50);

CREATE UNLOGGED TABLE limit_places (
  organisation_id TEXT COLLATE "C" NOT NULL,
  counter TEXT COLLATE "C" NOT NULL,
  gateway_id TEXT COLLATE "C" NOT NULL,
  places BIGINT NOT NULL,
  -- Until then, by the server's clock, the gateway is believed.
  until_ms BIGINT NOT NULL,
  PRIMARY KEY (organisation_id, counter, gateway_id)
) WITH (fillfactor = 50);

-- All that one gateway tells and asks of one organisation's counters, in one step: what shares.lua does
-- in Redis. The gateway's places are believed for so many milliseconds. numbers has for each counter
-- whether it is of places, units more, slot, back, back of the slot before, places held; then the number
-- of wishes, and for each the number of its parts and of each part counter, limit, need, ahead.
-- Returns the slot, what each counter has come to, and for each wish 1 and the units of its parts, or 0,
-- the part that has to wait longest, and milliseconds.
CREATE FUNCTION count_limits(
  gateway TEXT, believed BIGINT, organisation TEXT, counters TEXT[], numbers BIGINT[])
RETURNS BIGINT[] LANGUAGE plpgsql AS $$
DECLARE
  minute_ms CONSTANT BIGINT := 60000;
  eighth CONSTANT BIGINT := 8;
  many CONSTANT INT := cardinality(counters);
  pos INT := 0;
  now_ms BIGINT;
  now_slot BIGINT;
  rest BIGINT;
  -- Of each counter: what it has in the present cell, in the one before or with others, in all.
  present BIGINT[];
  other BIGINT[];
  used BIGINT[];
  news BOOLEAN[];
  was BIGINT;
  c BIGINT;
  p BIGINT;
  begins INT;
  parts INT;
  i INT;
  most BIGINT;
  need BIGINT;
  free BIGINT;
  waits BIGINT;
  longest BIGINT;
  because INT;
  given BIGINT;
  outcomes BIGINT[] := '{}';
BEGIN
  -- The organisation's other gateways wait; what they have counted is seen behind it.
  PERFORM pg_advisory_xact_lock(hashtextextended(organisation, 7461797963));
  now_ms := floor(1000 * extract(epoch FROM clock_timestamp()));
  now_slot := now_ms / minute_ms;
  rest := minute_ms - now_ms % minute_ms;

  FOR k IN 1..many LOOP
    IF numbers[pos + 1] = 1 THEN
      c := numbers[pos + 6];
      SELECT coalesce(sum(its.places), 0) INTO p FROM limit_places AS its
      WHERE its.organisation_id = organisation AND its.counter = counters[k]
        AND its.gateway_id <> gateway AND its.until_ms > now_ms;
      used[k] := c + p;
      news[k] := true;
    ELSE
      SELECT its.slot, its.units, its.units_before INTO was, c, p FROM limit_windows AS its
      WHERE its.organisation_id = organisation AND its.counter = counters[k];
      IF was = now_slot - 1 THEN
        p := c;
        c := 0;
      ELSIF was IS NULL OR was NOT IN (now_slot, now_slot + 1) THEN
        p := 0;
        c := 0;
      END IF;
      IF numbers[pos + 3] = now_slot THEN
        c := greatest(0, c - numbers[pos + 4]);
        p := greatest(0, p - numbers[pos + 5]);
      ELSIF numbers[pos + 3] = now_slot - 1 THEN
        p := greatest(0, p - numbers[pos + 4]);
      END IF;
      c := c + numbers[pos + 2];
      used[k] := c + (p * rest + minute_ms - 1) / minute_ms;
      news[k] := numbers[pos + 2] > 0 OR numbers[pos + 4] > 0 OR numbers[pos + 5] > 0;
    END IF;
    present[k] := c;
    other[k] := p;
    pos := pos + 6;
  END LOOP;

  pos := pos + 1;
  FOR _ IN 1..numbers[pos] LOOP
    pos := pos + 1;
    parts := numbers[pos];
    begins := pos;
    longest := -1;
    FOR k IN 1..parts LOOP
      i := numbers[pos + 1] + 1;
      most := numbers[pos + 2];
      need := numbers[pos + 3];
      IF need > 0 AND used[i] + need > most THEN
        -- Milliseconds until so much more fits, if nobody else comes.
        free := most - present[i] - need;
        waits := CASE
          WHEN numbers[6 * i - 5] = 1 THEN 1000
          WHEN free >= 0 THEN greatest(1, rest - free * minute_ms / other[i])
          ELSE rest + minute_ms - greatest(0, most - need) * minute_ms / present[i] END;
        IF waits > longest THEN
          longest := waits;
          because := k - 1;
        END IF;
      END IF;
      pos := pos + 4;
    END LOOP;
    IF longest >= 0 THEN
      outcomes := outcomes || ARRAY[0, because, longest];
      CONTINUE;
    END IF;
    outcomes := outcomes || 1::BIGINT;
    FOR k IN 0..parts - 1 LOOP
      i := numbers[begins + 4 * k + 1] + 1;
      need := numbers[begins + 4 * k + 3];
      free := (numbers[begins + 4 * k + 2] - used[i] - need) / eighth;
      given := need + greatest(0, least(numbers[begins + 4 * k + 4], free));
      present[i] := present[i] + given;
      used[i] := used[i] + given;
      news[i] := news[i] OR given > 0;
      outcomes := outcomes || given;
    END LOOP;
  END LOOP;

  FOR k IN 1..many LOOP
    IF NOT news[k] THEN
      -- A refusal writes nothing.
      CONTINUE;
    ELSIF numbers[6 * k - 5] = 0 THEN
      INSERT INTO limit_windows VALUES (organisation, counters[k], now_slot, present[k], other[k])
      ON CONFLICT (organisation_id, counter) DO UPDATE SET slot = excluded.slot,
        units = excluded.units, units_before = excluded.units_before;
    ELSIF present[k] > 0 THEN
      INSERT INTO limit_places
      VALUES (organisation, counters[k], gateway, present[k], now_ms + believed)
      ON CONFLICT (organisation_id, counter, gateway_id) DO UPDATE SET places = excluded.places,
        until_ms = excluded.until_ms;
    ELSE
      UPDATE limit_places AS its SET places = 0
      WHERE its.organisation_id = organisation AND its.counter = counters[k]
        AND its.gateway_id = gateway AND its.places > 0;
    END IF;
  END LOOP;
  RETURN now_slot || used || outcomes;
END $$;

-- Removes what counts no more. It waits for nobody, so that nobody waits for it in turn.
CREATE FUNCTION forget_limits() RETURNS void LANGUAGE sql AS $$
  DELETE FROM limit_windows WHERE ctid = ANY(ARRAY(
    SELECT its.ctid FROM limit_windows AS its
    WHERE its.slot < floor(extract(epoch FROM clock_timestamp()) / 60) - 1
    FOR UPDATE SKIP LOCKED));
  DELETE FROM limit_places WHERE ctid = ANY(ARRAY(
    SELECT its.ctid FROM limit_places AS its
    WHERE its.until_ms < floor(1000 * extract(epoch FROM clock_timestamp()))
    FOR UPDATE SKIP LOCKED));
$$;
