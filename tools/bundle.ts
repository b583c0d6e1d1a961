import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

/**
 * Packages that Nest, Fastify's adapter and pg would take if somebody had installed them. We have not, and they go on
 * without.
 */
const NOT_INSTALLED = [
  ...[
    '@nestjs/microservices',
    '@nestjs/websockets',
    '@nestjs/platform-express',
    '@nestjs/platform-socket.io',
  ],
  ...['class-transformer', 'class-validator', 'express', 'pg-native'],
  ...['@fastify/multipart', '@fastify/static', '@fastify/view'],
];

/** What modules of the older kind expect to find around them. */
const OLDER_MODULES = `
import { createRequire as createRequireOfBundle } from 'node:module';
const require = createRequireOfBundle(import.meta.url);
const __filename = import.meta.filename;
const __dirname = import.meta.dirname;
`;

/**
 * Puts the app of the current folder (its `dist` and all that it imports) into few files: 2,700 modules keep 12 MB of text
 * in each process' memory and take half of its start. Names stay as they are, for stack traces and logs; what is imported
 * on demand stays apart and is read on demand. Profilers and `node --enable-source-maps` find the sources by the maps.
 */
const app = process.cwd();
const outdir = join(app, 'bundle');
await rm(outdir, { recursive: true, force: true });
await build({
  entryPoints: [join(app, 'dist', 'main.js')],
  outdir,
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: 'linked',
  legalComments: 'external',
  banner: { js: OLDER_MODULES },
  external: NOT_INSTALLED.flatMap((name) => [name, `${name}/*`]),
  logLevel: 'warning',
});
