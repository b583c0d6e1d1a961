import { open, readFile, rename } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';

/** Whole or not at all (rename), readable by its owner only: it may hold credentials. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  const temporary = `${file}.${process.pid}.new`;
  const handle = await open(temporary, 'w', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(value, null, 2)}\n`);
    await handle.chmod(0o600);
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
}

/** Undefined when the file is not there. */
export async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The last lines of a log, for a message about why its writer ended. */
export async function tailOf(file: string, lines = 12): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - 16_384);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    return new StringDecoder('utf8')
      .write(buffer.subarray(0, bytesRead))
      .trim()
      .split('\n')
      .slice(-lines)
      .join('\n');
  } finally {
    await handle.close();
  }
}
