import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

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
const OLDER_MODULES = 'const __filename = import.meta.filename, __dirname = import.meta.dirname;';

/** One letter beyond Latin-1 and V8 keeps the whole text with two bytes for each, so they are written as escapes. */
const escaped = (code: string): string =>
  code.replaceAll(/[\u0080-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);

/**
 * Puts the app of the current folder (its `dist` and all that it imports) into few files: 2,700 modules keep 12 MB of text
 * in each process' memory and take half of its start. Names and lines stay, for stack traces and logs; what is imported on
 * demand stays apart and is read on demand. Profilers and `node --enable-source-maps` find the sources by the maps.
 */
const app = process.cwd();
const dir = join(app, 'bundle');
await rm(dir, { recursive: true, force: true });
const bundle = await rolldown({
  input: join(app, 'dist', 'main.js'),
  platform: 'node',
  external: NOT_INSTALLED.flatMap((name) => [name, new RegExp(`^${name}/`)]),
  // No map of its own: lines stay where they were, and in those that have escapes columns matter little.
  plugins: [{ name: 'escapes', renderChunk: (code) => ({ code: escaped(code), map: null }) }],
  onLog: (level, log, report) => {
    // Decorators note a parameter's type; where that is only a type of Zod's, they note `Object`.
    if (log.code === 'IMPORT_IS_UNDEFINED' && log.message.includes('`infer`')) return;
    if (level !== 'debug') report('error', log);
  },
});
await bundle.write({
  dir,
  format: 'esm',
  banner: OLDER_MODULES,
  keepNames: true,
  comments: { legal: true, annotation: false, jsdoc: false },
  sourcemap: true,
  entryFileNames: '[name].js',
});
await bundle.close();
