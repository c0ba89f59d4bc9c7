-- All that one gateway tells and asks of one organisation's counters, in one step.
-- KEYS: counters. ARGV: the gateway, milliseconds for which its places are believed, then for each counter
-- its kind (0 a window, 1 places), units more, slot, back, back of the slot before, places held; then the number of
-- wishes, and for each the number of its parts and of each part counter, limit, need, ahead.
-- Returns the slot, what each counter has come to, and for each wish 1 and the units of its parts, or 0, the part that
-- has to wait longest, and milliseconds.
local MINUTE, KEEP, SHARE = 60000, 120000, 8
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local slot = math.floor(now / MINUTE)
local rest = MINUTE - (now - slot * MINUTE)
local gateway, believed = ARGV[1], tonumber(ARGV[2])
local at = 3
local function number()
  at = at + 1
  return tonumber(ARGV[at - 1])
end

-- One counter: what it has in the present cell, and in the one before or with others.
local counters = {}
for i, key in ipairs(KEYS) do
  local its = { places = number() == 1 }
  local more, said, back, before, held = number(), number(), number(), number(), number()
  if its.places then
    its.present, its.others, its.changed = held, 0, true
    local all = redis.call('HGETALL', key)
    for j = 1, #all, 2 do
      if all[j] ~= gateway then
        local count, ends = string.match(all[j + 1], '^(%d+):(%d+)$')
        if count and tonumber(ends) > now then
          its.others = its.others + tonumber(count)
        else
          redis.call('HDEL', key, all[j])
        end
      end
    end
  else
    local cells = redis.call('HMGET', key, 's', 'c', 'p')
    local was, c, p = tonumber(cells[1]) or slot, tonumber(cells[2]) or 0, tonumber(cells[3]) or 0
    if was == slot - 1 then
      c, p = 0, c
    elseif was ~= slot and was ~= slot + 1 then
      c, p = 0, 0
    end
    if said == slot then
      c, p = math.max(0, c - back), math.max(0, p - before)
    elseif said == slot - 1 then
      p = math.max(0, p - back)
    end
    its.present, its.before = c + more, p
    its.changed = more > 0 or back > 0 or before > 0
  end
  counters[i] = its
end

local function used(its)
  if its.places then
    return its.present + its.others
  end
  return its.present + math.ceil(its.before * rest / MINUTE)
end

-- Milliseconds until so much more fits, if nobody else comes.
local function wait(its, limit, need)
  if its.places then
    return 1000
  end
  local free = limit - its.present - need
  if free >= 0 then
    return math.max(1, rest - math.floor(free * MINUTE / its.before))
  end
  return rest + MINUTE - math.floor(math.max(0, limit - need) * MINUTE / its.present)
end

local outcomes = {}
local function tell(value)
  outcomes[#outcomes + 1] = value
end
for _ = 1, number() do
  local parts, longest, by = {}, -1, 0
  for k = 1, number() do
    local part = { its = counters[number() + 1], limit = number(), need = number(), ahead = number() }
    parts[k] = part
    if part.need > 0 and used(part.its) + part.need > part.limit then
      local its = wait(part.its, part.limit, part.need)
      if its > longest then
        longest, by = its, k
      end
    end
  end
  if by > 0 then
    tell(0)
    tell(by - 1)
    tell(longest)
  else
    tell(1)
    for _, part in ipairs(parts) do
      local left = part.limit - used(part.its) - part.need
      local units = part.need + math.max(0, math.min(part.ahead, math.floor(left / SHARE)))
      part.its.present = part.its.present + units
      part.its.changed = part.its.changed or units > 0
      tell(units)
    end
  end
end

local answer = { slot }
for i, key in ipairs(KEYS) do
  local its = counters[i]
  if not its.changed then
    -- A refusal writes nothing.
  elseif not its.places then
    redis.call('HSET', key, 's', slot, 'c', its.present, 'p', its.before)
    redis.call('PEXPIRE', key, KEEP)
  elseif its.present > 0 then
    redis.call('HSET', key, gateway, string.format('%d:%d', its.present, now + believed))
    redis.call('PEXPIRE', key, 2 * believed)
  else
    redis.call('HDEL', key, gateway)
  end
  answer[#answer + 1] = used(its)
end
for _, value in ipairs(outcomes) do
  answer[#answer + 1] = value
end
return answer
