-- The currency is chosen before the first amount: behind a price, a movement or a charge it stays.
CREATE TRIGGER currency_kept BEFORE UPDATE ON currency
WHEN new.code IS NOT old.code
  AND (EXISTS (SELECT 1 FROM prices) OR EXISTS (SELECT 1 FROM movements)
    OR EXISTS (SELECT 1 FROM used))
BEGIN
  SELECT RAISE(ABORT, 'the currency is never changed behind the first amount');
END;

CREATE TRIGGER currency_stays BEFORE DELETE ON currency BEGIN
  SELECT RAISE(ABORT, 'the currency is never deleted');
END;

CREATE TRIGGER currency_changed AFTER UPDATE ON currency WHEN new.code IS NOT old.code BEGIN
  UPDATE keys_version SET version = version + 1;
  INSERT INTO audit (at_ms, who, kind, subject, before_json, after_json)
  SELECT round(86400000 * (julianday('now') - 2440587.5)), who, 'currency', 'currency',
    json_object('code', old.code), json_object('code', new.code)
  FROM acting;
END;
