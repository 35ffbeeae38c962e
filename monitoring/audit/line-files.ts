import { createReadStream, createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** The lines of a file. Throws RangeError when it ends within one, or, where `count` is given, has more or fewer. */
async function* linesIn(file: string, count?: number): AsyncGenerator<string> {
  if (!(await endsALine(file))) throw new RangeError(`${file} ends in the middle of a line`);
  let read = 0;
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
  for await (const line of lines) {
    read += 1;
    yield line;
  }
  if (count !== undefined && read !== count)
    throw new RangeError(`${file} has ${read} lines instead of ${count}`);
}

/** What `read` makes of each line. Throws RangeError, as above and for a line that it cannot read. */
export async function* readLines<T>(
  file: string,
  count: number,
  read: (line: string) => T,
): AsyncGenerator<T> {
  let number = 0;
  for await (const line of linesIn(file, count)) {
    number += 1;
    let value: T;
    try {
      value = read(line);
    } catch {
      throw new RangeError(`line ${number} of ${file} cannot be read`);
    }
    yield value;
  }
}

async function endsALine(file: string): Promise<boolean> {
  const handle = await open(file).catch(() => {
    throw new RangeError(`${file} is missing, or may not be read`);
  });
  try {
    const { size } = await handle.stat();
    if (size === 0) return true;
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
    return buffer.toString() === '\n';
  } finally {
    await handle.close();
  }
}

/** Writes a file that only its owner may read. Returns how many lines there were. */
export async function writeLines(
  file: string,
  lines: Iterable<string> | AsyncIterable<string>,
): Promise<number> {
  let written = 0;
  await pipeline(
    async function* () {
      for await (const line of lines) {
        written += 1;
        yield `${line}\n`;
      }
    },
    createWriteStream(file, { mode: 0o600 }),
  );
  return written;
}

/** What a system call says of a folder that cannot be written to, with what to do; anything else as it is. */
export function asWriteFault(error: unknown, folder: string): unknown {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  if (typeof code !== 'string' || typeof syscall !== 'string') return error;
  return new CounterfoilError('CONFIGURATION_INVALID', `${folder} could not be written (${code})`, {
    remedy: 'Name a folder that this user may write to and that has room for all values of the tables.',
  });
}
