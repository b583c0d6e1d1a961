import type { Role } from '@visapi/api-client';
import { Problem } from '#services/problem.ts';
import { type Api, openApi } from '../api.ts';
import { columnsOf, fieldsOf, print } from '../columns.ts';
import { type Command, type Given, textOf } from '../command.ts';

const usage = 'list | show <role> | set <role> [--permissions <a,b,...>] [--description <text>]  [--json]';

export const rolesCommand: Command = {
  name: 'roles',
  summary: 'what users may do, by role: list, show, set',
  usage,
  details: `"set" changes what is named of a role, or makes one that is not there yet, which needs both options.

  --permissions  everything that the role holds: scopes, or all of a resource as orders:*
  --description  what the role is for
  --json         prints the answer as JSON

The backend is found by VISAPI_URL and VISAPI_API_KEY, else by the dev.json that a running npm start keeps in $VISAPI_HOME.
A role can hold only what the key holds.`,
  options: { permissions: { type: 'string' }, description: { type: 'string' }, json: { type: 'boolean' } },
  arguments: ['action', 'role?'],
  run: runRoles,
};

async function runRoles({ values, positionals: [action = '', name], env }: Given): Promise<number> {
  const isList = action === 'list';
  if (!['list', 'show', 'set'].includes(action) || isList === (name !== undefined))
    throw new Problem(
      `roles does not know "${[action, name].join(' ').trim()}"`,
      `npm run visapi -- roles ${usage}`,
    );
  const api = await openApi(env);
  const json = values['json'] === true;
  if (isList) {
    const roles = await api.all<Role>('roles');
    print(json, roles, () => tableOf(roles));
    return 0;
  }
  const role = action === 'set' ? await set(api, name ?? '', values) : await find(api, name ?? '');
  if (!role) throw new Problem(`there is no role ${name}`, 'npm run visapi -- roles list');
  print(json, role, () => linesOf(role));
  return 0;
}

async function find(api: Api, name: string): Promise<Role | undefined> {
  return (await api.all<Role>('roles')).find((role) => role.name === name);
}

async function set(api: Api, name: string, values: Given['values']): Promise<Role> {
  const description = textOf(values['description']);
  const permissions = textOf(values['permissions'])
    ?.split(',')
    .map((grant) => grant.trim())
    .filter((grant) => grant !== '');
  const content = { ...(description !== undefined && { description }), ...(permissions && { permissions }) };
  if (await find(api, name)) return await api.send<Role>('PATCH', `roles/${name}`, content);
  return await api.send<Role>('POST', 'roles', { name, ...content });
}

function tableOf(roles: readonly Role[]): string[] {
  const rows = roles.map(({ name, users, builtIn, permissions }) => [
    name,
    String(users),
    builtIn ? 'yes' : 'no',
    permissions.join(' '),
  ]);
  return columnsOf(['role', 'users', 'built in', 'permissions'], rows);
}

function linesOf({ name, description, permissions, builtIn, users }: Role): string[] {
  return fieldsOf({
    name,
    description,
    permissions: permissions.join(' '),
    'built in': builtIn ? 'yes' : 'no',
    users: String(users),
  });
}
