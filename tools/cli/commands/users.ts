import type { ToldUser, User } from '@visapi/api-client';
import { Problem } from '#services/problem.ts';
import { type Api, openApi } from '../api.ts';
import { columnsOf, fieldsOf, print } from '../columns.ts';
import { type Command, type Given, textOf } from '../command.ts';

const usage =
  'list [--role <role>] [--disabled] | show <user> | role <user> <role> --reason <text> | disable <user> --reason <text> | enable <user> --reason <text>  [--json]';

export const usersCommand: Command = {
  name: 'users',
  summary: 'who signs in, and what they may do: list, show, role, disable, enable',
  usage,
  details: `<user> is an id or an e-mail address. Users are made when they sign in for the first time, with the role support.

  --role      lists only who has this role
  --disabled  lists only who is shut out
  --reason    why, for the history
  --json      prints the answer as JSON

The backend is found by VISAPI_URL and VISAPI_API_KEY, else by the dev.json that a running npm start keeps in $VISAPI_HOME.
The key needs users:read and users:update, and all that the role holds: the first administrator of an installation is
appointed with the key that was seeded with it.`,
  options: {
    role: { type: 'string' },
    disabled: { type: 'boolean' },
    reason: { type: 'string' },
    json: { type: 'boolean' },
  },
  arguments: ['action', 'user?', 'role?'],
  run: runUsers,
};

async function runUsers(given: Given): Promise<number> {
  const [action = '', name, role] = given.positionals;
  const act = actions[action];
  if (!act) throw new Problem(`users does not know "${action}"`, `npm run visapi -- users ${usage}`);
  if (act.words.length !== given.positionals.length - 1) {
    const words = act.words.map((word) => ` <${word}>`).join('');
    throw new Problem(
      `users ${action} is given${words || ' nothing more'}`,
      `npm run visapi -- users ${usage}`,
    );
  }
  const api = await openApi(given.env);
  const json = given.values['json'] === true;
  const answer = await act.run(api, { name: name ?? '', role: role ?? '', values: given.values });
  print(json, answer, () =>
    Array.isArray(answer) ? tableOf(answer as User[]) : linesOf(answer as ToldUser),
  );
  return 0;
}

interface Wish {
  readonly name: string;
  readonly role: string;
  readonly values: Given['values'];
}

interface Action {
  readonly words: readonly string[];
  readonly run: (api: Api, wish: Wish) => Promise<ToldUser | readonly User[]>;
}

const actions: Readonly<Record<string, Action>> = {
  list: {
    words: [],
    run: async (api, { values }) =>
      await api.all<User>('users', {
        role: textOf(values['role']),
        disabled: values['disabled'] === true ? 'true' : undefined,
      }),
  },
  show: { words: ['user'], run: async (api, { name }) => await find(api, name) },
  role: {
    words: ['user', 'role'],
    run: async (api, { name, role, values }) => await change(api, name, { role }, values),
  },
  disable: {
    words: ['user'],
    run: async (api, { name, values }) => await change(api, name, { disabled: true }, values),
  },
  enable: {
    words: ['user'],
    run: async (api, { name, values }) => await change(api, name, { disabled: false }, values),
  },
};

async function find(api: Api, name: string): Promise<ToldUser> {
  if (!name.includes('@')) return await api.get<ToldUser>(`users/${encodeURIComponent(name)}`);
  const [user] = await api.get<User[]>('users', { email: name });
  if (!user)
    throw new Problem(`nobody has signed in as ${name}`, 'They are known after they have signed in once.');
  return await api.get<ToldUser>(`users/${user.id}`);
}

async function change(api: Api, name: string, wish: object, values: Given['values']): Promise<ToldUser> {
  const reason = textOf(values['reason']);
  if (reason === undefined) throw new Problem('--reason is missing', 'Say why, for the history.');
  const { id } = await find(api, name);
  return await api.send<ToldUser>('PATCH', `users/${id}`, { ...wish, reason });
}

function tableOf(users: readonly User[]): string[] {
  const rows = users.map((user) => [
    user.id,
    user.email,
    user.role,
    stateOf(user),
    user.lastSignInAt ?? 'never',
  ]);
  return [
    ...columnsOf(['id', 'email', 'role', 'state', 'last sign-in'], rows),
    `${users.length} ${users.length === 1 ? 'user' : 'users'}`,
  ];
}

function linesOf(user: ToldUser): string[] {
  const { id, email, role, createdAt, lastSignInAt, liveKeys } = user;
  const fields = fieldsOf({
    id,
    email,
    role,
    state: stateOf(user),
    'known since': createdAt,
    'last sign-in': lastSignInAt ?? 'never',
    'live keys': String(liveKeys.count),
  });
  if (liveKeys.count === 0) return fields;
  const whose = user.disabled
    ? 'They go on although their maker is shut out'
    : 'Keys that this user gave out';
  return [...fields, '', `${whose}: npm run visapi -- keys list --state live --created-by user:${id}`];
}

function stateOf({ disabled }: User): string {
  return disabled ? 'disabled' : 'active';
}
