#!/usr/bin/env node
// `npx visapi` in the repository, or a link to this file from anywhere, is `npm run visapi --`.
process.env.INIT_CWD ??= process.cwd();
process.argv.splice(2, 0, 'visapi');
await import('../bootstrap.mjs');
