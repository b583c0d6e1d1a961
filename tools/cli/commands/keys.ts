import type { ApiKey } from '@visapi/api-client';
import { Problem } from '#services/problem.ts';
import { type Api, openApi } from '../api.ts';
import { columnsOf, fieldsOf, print } from '../columns.ts';
import { type Command, type Given, textOf } from '../command.ts';
import { confirm } from '../confirm.ts';

export const keysCommand: Command = {
  name: 'keys',
  summary: 'list, create, rotate and revoke API keys',
  usage:
    '[list|create|show|rotate|revoke] [<id>] [--state live|expired|revoked] [--created-by user:<id>|key:<id>] [--name <name>] [--scopes <scope,...>] [--days <n>] [--expires <time|never>] [--networks <network,...>] [--overlap <seconds>] [--yes] [--json]',
  details: `Asks the backend of the dev.json that a running npm start keeps, with its administrator's key; or VISAPI_URL, with
VISAPI_API_KEY.

  list             --state shows those that are live, expired or revoked
    --created-by   those that a user or a key gave out, such as user:<id>, also by a key of theirs
  create           needs --name and --scopes, such as orders:read,orders:write. The key is shown once.
    --days         how long it lives; 90 unless the installation says otherwise
    --expires      until when, such as 2027-01-01T00:00:00Z; never, for administrators
    --networks     where it may be used from, such as 203.0.113.0/24; everywhere unless said
  show <id>        one key, and when it was used last (told every five minutes)
  rotate <id>      another secret, shown once; the one before is accepted for --overlap seconds, 86400 unless said
  revoke <id>      ends it within five seconds, for good
  --yes            rotates or revokes without asking
  --json           prints JSON`,
  options: {
    state: { type: 'string' },
    'created-by': { type: 'string' },
    name: { type: 'string' },
    scopes: { type: 'string' },
    days: { type: 'string' },
    expires: { type: 'string' },
    networks: { type: 'string' },
    overlap: { type: 'string' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  arguments: ['action?', 'id?'],
  run: runKeys,
};

/** `key` of one that was just made or rotated. */
type Key = ApiKey & { readonly key?: string };

type Action = (api: Api, given: Given) => Promise<Key | Key[]>;

const actions: Readonly<Record<string, Action>> = { list, create, show, rotate, revoke };

async function runKeys(given: Given): Promise<number> {
  const [name = 'list', id] = given.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action)
    throw new Problem(`keys does not know "${name}"`, `One of: ${Object.keys(actions).join(', ')}`);
  const takesId = ['show', 'rotate', 'revoke'].includes(name);
  if (takesId && id === undefined)
    throw new Problem(`keys ${name} needs the id of a key`, 'npm run visapi -- keys shows them.');
  if (!takesId && id !== undefined)
    throw new Problem(`keys ${name} does not take "${id}"`, 'npm run visapi -- keys --help');
  const found = await action(await openApi(given.env), given);
  print(given.values['json'] === true, found, () => asText(found));
  return 0;
}

async function list(api: Api, { values }: Given): Promise<Key[]> {
  return await api.all<Key>('api-keys', {
    state: textOf(values['state']),
    createdBy: textOf(values['created-by']),
  });
}

async function create(api: Api, { values }: Given): Promise<Key> {
  const [name, scopes] = [textOf(values['name']), textOf(values['scopes'])];
  if (!name || !scopes)
    throw new Problem(
      'a key needs --name and --scopes',
      'npm run visapi -- keys create --name "Partner" --scopes orders:read,orders:write',
    );
  const [expires, networks] = [textOf(values['expires']), textOf(values['networks'])];
  return await api.send<Key>('POST', 'api-keys', {
    name,
    scopes: listed(scopes),
    expiresInDays: numberOf('days', values),
    expiresAt: expires === 'never' ? null : expires,
    allowedNetworks: networks === undefined ? undefined : listed(networks),
  });
}

async function show(api: Api, { positionals }: Given): Promise<Key> {
  return await api.get<Key>(pathOf(positionals));
}

async function rotate(api: Api, { positionals, values }: Given): Promise<Key> {
  const overlapSeconds = numberOf('overlap', values);
  const path = pathOf(positionals);
  const { name, prefix } = await api.get<Key>(path);
  await confirm(`Rotate ${prefix} (${name})`, values['yes'] === true);
  return await api.send<Key>('POST', `${path}/rotate`, { overlapSeconds });
}

async function revoke(api: Api, { positionals, values }: Given): Promise<Key> {
  const path = pathOf(positionals);
  const { name, prefix } = await api.get<Key>(path);
  await confirm(`Revoke ${prefix} (${name}) for good`, values['yes'] === true);
  return await api.send<Key>('DELETE', path);
}

function pathOf([, id = '']: Given['positionals']): string {
  return `api-keys/${encodeURIComponent(id)}`;
}

function listed(text: string): string[] {
  return text
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '');
}

function numberOf(option: string, values: Given['values']): number | undefined {
  const given = textOf(values[option]);
  if (given === undefined) return undefined;
  if (!/^\d{1,9}$/.test(given)) throw new Problem(`--${option} is ${given}`, 'Give a whole number.');
  return Number(given);
}

function asText(found: Key | Key[]): string[] {
  if (!Array.isArray(found)) return oneAsText(found);
  const rows = found.map(({ id, name, prefix, state, expiresAt, lastUsedAt, scopes }) => {
    // It stands for all the others.
    const held = scopes.includes('admin') ? 'admin' : scopes.join(' ');
    return [id, state, prefix, name, dayOf(expiresAt), dayOf(lastUsedAt), held];
  });
  return columnsOf(['id', 'state', 'prefix', 'name', 'expires', 'last used', 'scopes'], rows);
}

function dayOf(time: string | null): string {
  return time === null ? 'never' : time.slice(0, 10);
}

function oneAsText({ key, ...told }: Key): string[] {
  const { previousExpiresAt, revokedAt, allowedNetworks } = told;
  const text = fieldsOf({
    id: told.id,
    name: told.name,
    prefix: told.prefix,
    state: told.state,
    scopes: told.scopes.join(' '),
    networks: allowedNetworks.length === 0 ? 'everywhere' : allowedNetworks.join(' '),
    created: `${told.createdAt} by ${told.createdBy}`,
    expires: told.expiresAt ?? 'never',
    ...(previousExpiresAt && { 'secret before': `accepted until ${previousExpiresAt}` }),
    ...(revokedAt && { revoked: revokedAt }),
    'last used': `${told.lastUsedAt ?? 'never'}, ${told.useCount} times`,
  });
  if (key === undefined) return text;
  return [...text, '', key, '', 'This key is shown once and kept nowhere: keep it safe now.'];
}
