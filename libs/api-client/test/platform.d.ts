/** A name of the platform's that Node.js has and its types lack; the build of the client takes it from the browser's. */
type BodyInit = import('undici-types').BodyInit;
