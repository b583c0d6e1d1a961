import jestConfig from '../../jest.config.mjs';

const unit = jestConfig.projects.find(({ displayName }) => displayName === 'unit');

/**
 * The unit tests as they run against mutants, some thousand times: without what takes long to load and is not used by
 * them (the framework, drivers, a database for tests).
 */
export default {
  ...unit,
  displayName: undefined,
  maxWorkers: 1,
  moduleNameMapper: {
    '^@visapi/backend-(testing|messaging|kernel)$': '<rootDir>/tools/mutate/light/$1.mjs',
    '^@visapi/backend-repositories(/orders)?$': '<rootDir>/tools/mutate/light/repositories.mjs',
    ...unit.moduleNameMapper,
  },
  setupFiles: ['<rootDir>/tools/mutate/light/seed.mjs'],
  // The copy that is mutated lies in the folder that the tests usually pass over.
  modulePathIgnorePatterns: ['/dist/', '<rootDir>/.visapi/'],
};
