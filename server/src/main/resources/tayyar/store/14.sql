-- What requests were that are too old to be kept one by one: sums of a calendar day in their
-- organisation's zone. A row is in its day or in requests, never in both: one transaction moves it.
CREATE TABLE days (
  day TEXT NOT NULL,
  project_id TEXT NOT NULL,
  -- Empty where a row had none.
  key_id TEXT NOT NULL,
  -- The model whose price was paid, or else the one that was asked for.
  model TEXT NOT NULL,
  -- 0 where there was no price.
  price_id INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  requests INTEGER NOT NULL,
  -- Those with any token, which are paid.
  answered INTEGER NOT NULL,
  -- Those whose tokens are estimates, and these tokens.
  estimated INTEGER NOT NULL,
  estimated_tokens INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  -- The same, but of no row more than its prompt: these have the price of cached tokens.
  paid_cached_tokens INTEGER NOT NULL,
  completion_tokens INTEGER NOT NULL,
  -- The sum of amounts that were rounded up row by row.
  amount INTEGER NOT NULL,
  PRIMARY KEY (day, project_id, key_id, model, price_id, outcome)
) STRICT, WITHOUT ROWID;
