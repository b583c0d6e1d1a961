const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The value of JSON text given as UTF-8 bytes (a byte order mark is allowed), or undefined when it is none. */
export function parseJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch (error) {
    // By name: the decoder's TypeError may come from another realm than ours.
    if (['SyntaxError', 'TypeError'].includes((error as Error).name)) return undefined;
    throw error;
  }
}
