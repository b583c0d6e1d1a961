/**
 * What must happen at once in Redis. All keys of a family share the hash tag `{family}`, so each script touches one
 * node of a cluster. A version that is missing is made anew at random: whatever Redis forgets, by a restart, a time-out
 * or its own eviction, makes values unreadable and never brings an old one back.
 */

/**
 * Reads a value with both versions, or asks for the right to load it.
 * KEYS generation, version, entry, lock; ARGV fresh version, lock token, lock ms, lease ms, generation ms.
 * Answers { generation, version, entry or nil, 1 when the caller is to load it, ms that the entry has left }.
 */
export const begin = `
local generation = redis.call('GET', KEYS[1])
if not generation then
  generation = ARGV[1]
  redis.call('SET', KEYS[1], generation, 'PX', ARGV[5])
end
local version = redis.call('GET', KEYS[2])
if not version then
  version = ARGV[1]
  redis.call('SET', KEYS[2], version, 'PX', ARGV[4])
elseif redis.call('PTTL', KEYS[2]) < tonumber(ARGV[4]) then
  redis.call('PEXPIRE', KEYS[2], ARGV[4])
end
local entry = redis.call('GET', KEYS[3])
local head = generation .. version
if entry and string.sub(entry, 1, #head) == head then return { generation, version, entry, 0, redis.call('PTTL', KEYS[3]) } end
local mine = redis.call('SET', KEYS[4], ARGV[2], 'NX', 'PX', ARGV[3])
return { generation, version, false, mine and 1 or 0, 0 }
`;

/** Gives the right to load back. KEYS lock; ARGV lock token. */
export const release = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`;

/**
 * Keeps a value unless its versions were evicted since they were read, within the budget of its family.
 * KEYS generation, version, entry, lock, index by end of life, sizes;
 * ARGV versions read (2), value with its head, ttl ms, bytes, budget, member, lock token, version from now on,
 *   prefix of entries, bookkeeping ms.
 * Answers 1 when it is kept, 0 when it is outdated, -1 when it is too big for the budget.
 */
export const store = `
if redis.call('GET', KEYS[4]) == ARGV[8] then redis.call('DEL', KEYS[4]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] or redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
local total = tonumber(redis.call('HGET', KEYS[6], '#') or '0')
local function drop(member)
  redis.call('UNLINK', ARGV[10] .. member)
  redis.call('ZREM', KEYS[5], member)
  total = total - tonumber(redis.call('HGET', KEYS[6], member) or '0')
  redis.call('HDEL', KEYS[6], member)
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[5], '-inf', now, 'LIMIT', 0, 100)) do drop(member) end
drop(ARGV[7])
local bytes, budget = tonumber(ARGV[5]), tonumber(ARGV[6])
local kept = bytes <= budget
while kept and total + bytes > budget do
  local next = redis.call('ZRANGE', KEYS[5], 0, 0)[1]
  if not next then
    total = 0
    redis.call('DEL', KEYS[6])
  else
    drop(next)
  end
end
if ARGV[9] ~= ARGV[2] then redis.call('SET', KEYS[2], ARGV[9], 'PX', ARGV[4]) end
if kept then
  redis.call('SET', KEYS[3], ARGV[3], 'PX', ARGV[4])
  if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[4]) then redis.call('PEXPIRE', KEYS[2], ARGV[4]) end
  redis.call('ZADD', KEYS[5], now + ARGV[4], ARGV[7])
  redis.call('HSET', KEYS[6], ARGV[7], bytes)
  total = total + bytes
end
redis.call('HSET', KEYS[6], '#', total)
for _, key in ipairs({ KEYS[1], KEYS[5], KEYS[6] }) do redis.call('PEXPIRE', key, ARGV[11]) end
return kept and 1 or -1
`;
