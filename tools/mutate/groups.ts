export interface Group {
  readonly name: string;
  /** Globs of the files that are mutated. */
  readonly mutated: readonly string[];
  /** The test files that have to notice; one file loads once per mutant, whatever number of specs it names. */
  readonly tests: readonly string[];
}

const orders = 'libs/backend-orders/src';
const reading = 'tools/mutate/specs/reading.mjs';

export const groups: readonly Group[] = [
  {
    name: 'phone',
    mutated: ['libs/backend-kernel/src/{phone,money}.ts'],
    tests: ['tools/mutate/specs/phone.mjs'],
  },
  {
    name: 'catalogue',
    mutated: [`${orders}/catalogue/!(*.spec).ts`],
    // Its snapshots are found by the path of the spec.
    tests: ['tools/mutate/specs/catalogue.mjs', `${orders}/every-product.spec.ts`],
  },
  { name: 'interpretation', mutated: [`${orders}/interpretation/!(*.spec).ts`], tests: [reading] },
  {
    name: 'order',
    mutated: [`${orders}/{order,read-field,confirmation,change,notice}.ts`],
    tests: [reading],
  },
  {
    name: 'specifications',
    mutated: [
      'libs/backend-repositories/src/db/specification!(*.spec).ts',
      `${orders}/specifications/{order,presets}.specification.ts`,
    ],
    tests: ['tools/mutate/specs/specifications.mjs'],
  },
  {
    name: 'cache-keys',
    mutated: ['libs/backend-cache/src/{key,keys,family,value-codec}.ts'],
    tests: ['tools/mutate/specs/cache-keys.mjs'],
  },
  {
    name: 'event-order',
    mutated: ['libs/backend-events/src/fact-order.ts'],
    tests: ['tools/mutate/specs/event-order.mjs'],
  },
];
