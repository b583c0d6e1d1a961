const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@visapi/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          keepClassNames: true,
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  moduleNameMapper: {
    // Sources import each other as `./x.js`, the name they have after the build.
    '^(\\.{1,2}/.*)\\.js$': '$1',
    // End-to-end specs start processes with the very code that `npm start` uses.
    '^#(services|launcher|chaos)/(.*)$': '<rootDir>/tools/$1/$2',
  },
  modulePathIgnorePatterns: ['/dist/', '/apps/[^/]+/bundle/', '/.visapi/'],
};

const withServices = {
  globalSetup: '<rootDir>/tools/test/global-setup.ts',
  globalTeardown: '<rootDir>/tools/test/global-teardown.ts',
};

export default {
  testTimeout: 30_000,
  maxWorkers: 2,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{apps,libs,tools,load-tests}/**/*.spec.ts'] },
    {
      ...shared,
      ...withServices,
      displayName: 'integration',
      testMatch: ['<rootDir>/libs/**/*.int-spec.ts'],
    },
    { ...shared, ...withServices, displayName: 'e2e', testMatch: ['<rootDir>/apps/**/*.e2e-spec.ts'] },
  ],
};
