const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/** The value of JSON text given as UTF-8 bytes (a byte order mark is allowed), or undefined when it is none. */
export function parseJson(bytes: Uint8Array): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(utf8.decode(bytes)) as unknown };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}
