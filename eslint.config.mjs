import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const specs = ['**/*.spec.ts', '**/*.int-spec.ts', '**/*.e2e-spec.ts', '**/test/**/*.ts'];
const product = ['apps/**/*.ts', 'libs/**/*.ts'];
const environmentReaders = [
  'libs/backend-config/**',
  'libs/backend-testing/**',
  'apps/sandbox/src/config.ts',
];

/** Flat config merges rules by name, so the selectors of one rule are composed here and set as one list. */
const noDefaultExport = {
  selector: 'ExportDefaultDeclaration',
  message: 'Export by name: one name from file to import, found by one grep.',
};
const noEnvironment = {
  selector: 'MemberExpression[object.name="process"][property.name="env"]',
  message: 'Read the environment in libs/backend-config only; take a typed slice here.',
};
const noEnvironmentImport = {
  selector: 'ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name="env"]',
  message: noEnvironment.message,
};

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/bundle/**',
      '**/node_modules/**',
      '**/coverage/**',
      '**/.visapi/**',
      '**/.nx/**',
    ],
  },
  // Written by the generator of the client, in its own style; compared with what it writes by `npm test`.
  { ignores: ['libs/api-client/src/generated/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        URL: 'readonly',
      },
    },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.strict],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/prefer-promise-reject-errors': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // A module is a class that carries only a decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': 'allow-with-description', 'ts-ignore': true },
      ],
      // Overloads document the accepted shapes one by one; `void | Promise<void>` is what a callback may answer.
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      complexity: ['error', 11],
      // Control characters are exactly what some of our patterns look for.
      'no-control-regex': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['../../*'],
              message: 'Climb at most one folder; use the package name, or move the file.',
            },
          ],
        },
      ],
      'no-restricted-syntax': ['error', noDefaultExport],
      'prefer-const': 'error',
    },
  },
  {
    // The lines of one SQL statement count as lines of the function that holds it, and a statement is one thought.
    files: ['libs/backend-repositories/src/**'],
    rules: { 'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }] },
  },
  // Written by a program, as long as its source demands.
  { files: ['**/*.gen.ts'], rules: { 'max-lines': 'off' } },
  {
    files: product,
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': ['error', noDefaultExport, noEnvironment, noEnvironmentImport],
    },
  },
  {
    files: specs,
    rules: {
      'max-lines': ['error', 400],
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  { files: [...environmentReaders, ...specs], rules: { 'no-restricted-syntax': ['error', noDefaultExport] } },
  {
    // Plain JavaScript for k6, which knows these; everything else is imported.
    files: ['load-tests/*.js', 'load-tests/k6/*.js'],
    extends: [js.configs.recommended],
    languageOptions: { globals: { __ENV: 'readonly', open: 'readonly', console: 'readonly' } },
    rules: { complexity: ['error', 11], eqeqeq: ['error', 'always'], 'max-lines': ['error', 300] },
  },
  // Its modules have default exports, and so have those that stand in for them.
  { files: ['load-tests/k6/**'], rules: { 'no-restricted-syntax': 'off' } },
);
