/** What one role may do to one thing, found out by doing it. */
export interface Seen {
  readonly thing: string;
  readonly verbs: readonly string[];
  /** Columns that it may change, where it may not change all of them. */
  readonly columns: readonly string[];
}

type Query = <Row extends object>(text: string, values?: readonly unknown[]) => Promise<Row[]>;

/** Ours, as opposed to what Postgres brings. */
const ours = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;

/** A partition has the name of its month. */
const relations = `select format(case when c.relispartition then '%s.%s (partition)' else '%s.%s' end, n.nspname,
      coalesce(parent.relname, c.relname)) as thing,
    format('%I.%I', n.nspname, c.relname) as name, c.oid, c.relkind
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
    left join pg_inherits i on i.inhrelid = c.oid left join pg_class parent on parent.oid = i.inhparent where ${ours}`;

/** Runs each statement as the role and takes it back; what the system refuses for want of a right is left out. */
const tryAll = `
create function pg_temp.try_as(role text, statements text[]) returns boolean[] language plpgsql as $$
declare
  one text;
  allowed boolean[] := '{}';
begin
  foreach one in array statements loop
    begin
      execute format('set local role %I', role);
      execute one;
      raise exception using errcode = 'VI000';
    exception
      when insufficient_privilege then allowed := allowed || false;
      when others then allowed := allowed || true;
    end;
  end loop;
  return allowed;
end $$`;

interface Trial {
  readonly thing: string;
  readonly verb: string;
  readonly statement: string;
}

/**
 * What this role may do to every table, partition, view and sequence of the database, and which functions it may execute.
 * @param query runs SQL as the owner of the schema, on one session
 */
export async function observeAccess(query: Query, role: string): Promise<Seen[]> {
  const trials = [
    ...(await tableTrials(query)),
    ...(await sequenceTrials(query)),
    ...(await functionTrials(query)),
  ];
  await query('drop function if exists pg_temp.try_as');
  await query(tryAll);
  const [row] = await query<{ allowed: boolean[] }>('select pg_temp.try_as($1, $2) as allowed', [
    role,
    trials.map(({ statement }) => statement),
  ]);
  if (row?.allowed.length !== trials.length) throw new Error('Not every trial has an outcome');
  const outcomes = trials.map((trial, index) => ({ ...trial, allowed: row.allowed[index] === true }));
  return [...Map.groupBy(outcomes, ({ thing }) => thing)]
    .map(([thing, tried]) => summaryOf(thing, tried))
    .sort((left, right) => (left.thing < right.thing ? -1 : 1));
}

function summaryOf(thing: string, tried: readonly (Trial & { readonly allowed: boolean })[]): Seen {
  const isUpdate = ({ verb }: Trial) => verb.startsWith('update ');
  const verbs = tried.filter((each) => each.allowed && !isUpdate(each)).map(({ verb }) => verb);
  const updates = tried.filter(isUpdate);
  const columns = updates.filter(({ allowed }) => allowed).map(({ verb }) => verb.slice('update '.length));
  const changesAll = updates.length > 0 && columns.length === updates.length;
  const all = changesAll ? [...verbs, 'update'] : verbs;
  return { thing, verbs: [...new Set(all)].sort(), columns: changesAll ? [] : [...new Set(columns)].sort() };
}

async function tableTrials(query: Query): Promise<Trial[]> {
  const tables = await query<{ thing: string; name: string; columns: string[] }>(
    `select thing, name, array(select attname::text from pg_attribute
       where attrelid = r.oid and attnum > 0 and not attisdropped order by attname) as columns
     from (${relations}) r where relkind in ('r', 'p', 'v', 'm', 'f') order by thing`,
  );
  return tables.flatMap(({ thing, name, columns }) => [
    { thing, verb: 'select', statement: `select * from ${name} limit 1` },
    { thing, verb: 'insert', statement: `insert into ${name} default values` },
    ...columns.map((column) => ({
      thing,
      verb: `update ${column}`,
      statement: `update ${name} set "${column}" = default`,
    })),
    { thing, verb: 'delete', statement: `delete from ${name}` },
    { thing, verb: 'truncate', statement: `truncate ${name}` },
  ]);
}

async function sequenceTrials(query: Query): Promise<Trial[]> {
  const sequences = await query<{ thing: string; name: string }>(
    `select thing, name from (${relations}) r where relkind = 'S' order by thing`,
  );
  return sequences.flatMap(({ thing, name }) => [
    { thing, verb: 'select', statement: `select * from ${name}` },
    { thing, verb: 'usage', statement: `select nextval('${name}')` },
    { thing, verb: 'set', statement: `select setval('${name}', 1)` },
  ]);
}

/** A function that is allowed may itself be refused something: only the right to call it is asked for. */
async function functionTrials(query: Query): Promise<Trial[]> {
  const functions = await query<{ thing: string; name: string; definer: boolean }>(
    `select format('%s.%s(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)) as thing,
       p.oid::regprocedure::text as name, p.prosecdef as definer
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${ours} order by 1`,
  );
  return functions.map(({ thing, name, definer }) => ({
    thing: definer ? `${thing} (as its owner)` : thing,
    verb: 'execute',
    statement: `do $try$ begin if not has_function_privilege(current_user, '${name}', 'execute') then
      raise insufficient_privilege; end if; end $try$`,
  }));
}
