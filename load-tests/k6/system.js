// @ts-check
/**
 * The running system, as its `dev.json` tells: addresses and keys. `VISAPI_HOME` says where that lies, as it does for
 * `npm start`; k6 opens files while a script is loaded, so here is the only place that reads any.
 *
 * @typedef {{ backendUrl: string, workerUrl: string, sandboxUrl: string, adminApiKey: string, viziApiKey: string }} DevJson
 */
const home = __ENV.VISAPI_HOME || '.visapi';

/** @type {DevJson} */
export const system = readHome('dev.json');

export const api = `${system.backendUrl}/api/v1`;

/** @param {string} name of a JSON file in the home */
export function readHome(name) {
  const file = home.startsWith('/') ? `${home}/${name}` : import.meta.resolve(`../../${home}/${name}`);
  try {
    return JSON.parse(open(file));
  } catch (error) {
    throw new Error(`${file} cannot be read: start the system with npm start, or set VISAPI_HOME. ${error}`, {
      cause: error,
    });
  }
}
