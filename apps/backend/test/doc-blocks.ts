import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '#launcher/settings.ts';

/** A block of a page that its reader runs, and what the page says that it shows. */
export interface Block {
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** Undefined = it shows nothing. */
  readonly shows: Shown | undefined;
}

interface Shown {
  readonly language: string;
  /** What stands after the language: `in any order` is heeded. */
  readonly note: string;
  readonly text: string;
}

const run = ['sh', 'js'];

/** What is to be run, each with the block of output that follows it before anything else is run. */
export function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(/^```(\S*)(.*)\n([\s\S]*?)^```$/gm)].map(
    ({ 1: language = '', 2: note = '', 3: text = '', index }) => ({
      line: page.slice(0, index).split('\n').length,
      language,
      note: note.trim(),
      text: text.trimEnd(),
    }),
  );
  return fences.flatMap((fence, at) => {
    if (!run.includes(fence.language)) return [];
    const next = fences[at + 1];
    return [{ ...fence, shows: next && !run.includes(next.language) ? next : undefined }];
  });
}

/** One terminal: what a block sets, the next ones know. */
export class Terminal {
  private readonly bash: ChildProcess;
  private readonly folder: string;
  private output = '';
  private look: () => void = () => undefined;

  constructor(folder: string, env: NodeJS.ProcessEnv) {
    this.folder = folder;
    this.bash = spawn('bash', ['--noprofile', '--norc'], {
      cwd: REPOSITORY,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.bash.stdout?.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
      this.look();
    });
  }

  /** @returns what stands in the terminal afterwards: output and errors */
  async run({ language, text }: Pick<Block, 'language' | 'text'>): Promise<string> {
    const name = randomUUID();
    const file = join(this.folder, name);
    await writeFile(file, text);
    const command = language === 'js' ? `node --input-type=module - <${file}` : `source ${file} </dev/null`;
    const mark = `ended ${name}`;
    this.output = '';
    const ended = new Promise<void>((resolve) => {
      this.look = () => {
        if (this.output.includes(mark)) resolve();
      };
    });
    this.bash.stdin?.write(`${command} 2>&1\necho; echo ${mark}\n`);
    await ended;
    return this.output.slice(0, this.output.indexOf(mark)).trim();
  }

  close(): void {
    this.bash.kill('SIGKILL');
  }
}

const changing: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '(time)'],
  [/\b20\d\d-\d\d-\d\d\b/g, '(day)'],
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '(id)'],
  // No secret stands in a page: there the second part is left out.
  [/\bvisapi_dev_[0-9A-Za-z]{12}\.([0-9A-Za-z]{38}|…)/g, '(key)'],
  [/\b(visapi_dev|admin|vizi)_[0-9A-Za-z]{8,12}\b/g, '(prefix)'],
];

/** Without what differs from run to run: times, ids, keys, the width of columns. */
export function plain({ language, note, text }: Shown): unknown {
  const told = changing.reduce((before, [pattern, word]) => before.replaceAll(pattern, word), text);
  if (language === 'json') return JSON.parse(told) as unknown;
  const lines = told.split('\n').map((line) => line.trim().replaceAll(/ +/g, ' '));
  return note === 'in any order' ? lines.toSorted() : lines;
}
