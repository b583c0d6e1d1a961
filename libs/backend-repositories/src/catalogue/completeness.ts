import { catalogue, sendNothing } from './catalogue.js';
import { record } from './recording.js';
import { samplesOf } from './samples.js';

type Exported = (...given: never[]) => unknown;

/**
 * What is wrong with the catalogue: a method or function of these modules that it never runs, a name that does not run
 * what it says, a query that sends nothing.
 * @param modules by subpath of this package, what each exports
 */
export async function gapsOf(modules: Readonly<Record<string, object>>): Promise<string[]> {
  const ran = new Set<string>();
  const restore = Object.values(modules).flatMap((module) =>
    classesOf(module).flatMap((one) => watch(one, ran)),
  );
  const gaps: string[] = [];
  const samples = samplesOf(20_000, new Date());
  try {
    for (const queriesOf of Object.values(catalogue)) {
      for (const query of queriesOf(samples)) {
        ran.delete(query.name);
        const statements = await record(query.run, query.answers);
        if (statements.length === 0) gaps.push(`${query.name} sends nothing.`);
        if (!query.name.includes('.')) ran.add(query.name);
        else if (!ran.has(query.name)) gaps.push(`What is named ${query.name} does not call it.`);
      }
    }
  } finally {
    for (const one of restore) one();
  }
  return [...gaps, ...Object.entries(modules).flatMap(([folder, module]) => missing(folder, module, ran))];
}

function missing(folder: string, module: object, ran: ReadonlySet<string>): string[] {
  const classes = classesOf(module);
  const methods = classes.flatMap((one) => methodsOf(one).map((method) => `${one.name}.${method}`));
  const functions = Object.entries(module)
    .filter(([, value]) => typeof value === 'function' && !/^class\b/.test(String(value)))
    .map(([name]) => name)
    .filter((name) => !sendNothing.includes(name));
  return [...methods, ...functions]
    .filter((name) => !ran.has(name))
    .map(
      (name) =>
        `${name} of ${folder} is not in the catalogue: name it in libs/backend-repositories/src/catalogue.`,
    );
}

function classesOf(module: object): Exported[] {
  return Object.values(module).filter(
    (value: unknown): value is Exported => typeof value === 'function' && value.name.endsWith('Repository'),
  );
}

function methodsOf({ prototype }: Exported): string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype as object))
    .filter(([name, { value }]) => name !== 'constructor' && typeof value === 'function')
    .map(([name]) => name);
}

/** Notes each call of a method, inherited ones too. @returns what takes the watches off */
function watch(one: Exported, ran: Set<string>): (() => void)[] {
  const prototype = one.prototype as Record<string, (...given: unknown[]) => unknown>;
  return [...methodsOf(one), ...inheritedMethodsOf(one)].map((method) => {
    const own = Object.hasOwn(prototype, method);
    const original = prototype[method];
    prototype[method] = function noted(this: unknown, ...given: unknown[]) {
      ran.add(`${one.name}.${method}`);
      return original?.apply(this, given);
    };
    return () => {
      if (own && original) prototype[method] = original;
      else Reflect.deleteProperty(prototype, method);
    };
  });
}

function inheritedMethodsOf(one: Exported): string[] {
  const parent = Object.getPrototypeOf(one) as Exported;
  return parent.name.endsWith('Repository')
    ? methodsOf(parent).filter((name) => !methodsOf(one).includes(name))
    : [];
}
