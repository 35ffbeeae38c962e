import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { CounterfoilError } from '../../schemas/contract/errors.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { TableShape } from '../../schemas/contract/table.ts';
import { ENTRY_KINDS } from '../../schemas/journal/entry.ts';
import type { ChainedEntry } from '../../schemas/journal/entry.ts';
import { shapeIdOf, shapeOfText, shapeText } from '../../schemas/journal/shape.ts';
import type { JournalShape } from '../../schemas/journal/shape.ts';
import { inChains } from './evidence.ts';
import type { EntryHead, Evidence } from './evidence.ts';
import { asWriteFault, readLines, writeLines } from './line-files.ts';
import { columnLabel, readShapeOf } from './reading.ts';

/**
 * What an audit looks at, as files: `about.json`, `anchors.jsonl`, `shapes.jsonl`, `entries.jsonl`, and for each table
 * `rows-<n>.jsonl` with its columns in the first line. They hold all values of the tables, and are readable by their owner alone.
 */
const FILES = {
  about: 'about.json',
  anchors: 'anchors.jsonl',
  shapes: 'shapes.jsonl',
  entries: 'entries.jsonl',
};
const FORMAT = 1;

const about = z.object({
  ...{ format: z.literal(FORMAT), target: z.string() },
  /** How many there are in each file. */
  lines: z.record(z.string(), z.number()),
});

const entryLine = z.object({
  ...{ route: z.string(), topic: z.string(), partition: z.number(), sequence: z.string() },
  ...{ kind: z.enum(ENTRY_KINDS), first: z.string(), next: z.string() },
  ...{ mappingVersion: z.string(), appliedAt: z.number(), records: z.number() },
  ...{ body: z.string(), digest: z.string(), signature: z.string(), hash: z.string() },
});

const headLine = entryLine.omit({ body: true });

const tableLine = z.object({
  table: z.object({ namespace: z.string(), name: z.string() }),
  columns: z.array(z.string()),
  /** Names of those that the table has. */
  present: z.array(z.string()),
});
const rowLine = z.array(z.string().nullable());

/** Writes an export into a new folder. `anchors` are the lines as they were put down. Throws CONFIGURATION_INVALID. */
export async function writeExport(
  folder: string,
  evidence: Evidence,
  anchors: readonly string[],
  onProgress: (text: string) => void = () => undefined,
): Promise<void> {
  try {
    await writeFiles(folder, evidence, anchors, onProgress);
  } catch (error) {
    throw asWriteFault(error, folder);
  }
}

async function writeFiles(
  folder: string,
  evidence: Evidence,
  anchors: readonly string[],
  onProgress: (text: string) => void,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new CounterfoilError('CONFIGURATION_INVALID', `${folder} is not empty`, {
      remedy: 'Name a new folder.',
    });
  const shapes = [...(await evidence.shapes()).values()];
  const { heads } = await evidence.heads();
  const lines: Record<string, number> = {};
  const write = async (name: string, content: Iterable<string> | AsyncIterable<string>) => {
    lines[name] = await writeLines(join(folder, name), content);
  };
  await write(FILES.anchors, anchors);
  await write(FILES.shapes, shapes.map(shapeText));
  await write(
    FILES.entries,
    (async function* () {
      let written = 0;
      for await (const chunk of evidence.bodies(heads)) {
        for (const entry of chunk) yield textOfEntry(entry);
        written += chunk.length;
        onProgress(`${written} of ${heads.length} entries written`);
      }
    })(),
  );
  const tables = new Map<string, JournalShape[]>();
  for (const shape of shapes) {
    const label = tableLabel(shape.table);
    tables.set(label, [...(tables.get(label) ?? []), shape]);
  }
  let number = 0;
  for (const [label, ofTable] of tables) {
    const shape = readShapeOf(ofTable);
    const present = await evidence.columns(shape.id);
    if (present === null) continue;
    onProgress(`writing ${label}`);
    await write(
      `rows-${(number += 1)}.jsonl`,
      (async function* () {
        const columns = shape.columns.map(columnLabel);
        yield JSON.stringify({ table: shape.id, columns, present: [...present] });
        for await (const chunk of evidence.rows(shape))
          for (const texts of chunk) yield JSON.stringify(texts);
      })(),
    );
  }
  // Last: a folder without it is no export.
  const text = JSON.stringify({ format: FORMAT, target: evidence.target, lines });
  await writeFile(join(folder, FILES.about), text, { mode: 0o600 });
}

/** Reads an export; `open` opens the lines of its anchors. Throws CONFIGURATION_INVALID for what is none. */
export async function exportedEvidence(
  folder: string,
  open: (lines: readonly string[], target: string) => Evidence['anchors'],
): Promise<Evidence> {
  const { target, lines } = await aboutOf(join(folder, FILES.about));
  const read: ReadFile = (name, of) => readLines(join(folder, name), lines[name] ?? 0, of);
  const anchors = await allOf(read(FILES.anchors, (line) => line));
  const rowFiles = await rowFilesIn(Object.keys(lines), read);
  return {
    target,
    anchors: open(anchors, target),
    shapes: async () => {
      return new Map(
        await allOf(read(FILES.shapes, (text) => [shapeIdOf(text), shapeOfText(text)] as const)),
      );
    },
    heads: async () => {
      const heads: EntryHead[] = [];
      for await (const head of read(FILES.entries, (line) => headOf(headLine.parse(JSON.parse(line)))))
        heads.push(head);
      return { heads: heads.sort(inChains), unreadable: 0 };
    },
    bodies: async function* () {
      for await (const entry of read(FILES.entries, entryOf)) yield [entry];
    },
    entriesWith: async function* (bytes, notOf = []) {
      for await (const entry of read(FILES.entries, entryOf))
        if (!notOf.includes(entry.chain.topic) && entry.body.includes(bytes)) yield [entry];
    },
    columns: (table) => Promise.resolve(rowFiles.get(tableLabel(table))?.present ?? null),
    rows: (shape) => rowsIn(rowFiles.get(tableLabel(shape.id))?.lines(), shape),
  };
}

function textOfEntry({
  chain,
  sequence,
  first,
  next,
  body,
  digest,
  signature,
  hash,
  ...rest
}: ChainedEntry): string {
  return JSON.stringify({
    ...{ ...chain, ...rest, sequence: sequence.toString(), first: first.toString(), next: next.toString() },
    ...{ body: body.toString('base64'), digest: digest.toString('base64') },
    ...{ signature: signature.toString('base64'), hash: hash.toString('base64') },
  });
}

function headOf({
  route,
  topic,
  partition,
  sequence,
  first,
  next,
  ...rest
}: z.infer<typeof headLine>): EntryHead {
  const { kind, mappingVersion, appliedAt, records, digest, signature, hash } = rest;
  return {
    ...{ kind, mappingVersion, appliedAt, records },
    ...{ chain: { route, topic, partition }, sequence: BigInt(sequence) },
    ...{ first: offsetOf(first), next: offsetOf(next) },
    digest: Buffer.from(digest, 'base64'),
    signature: Buffer.from(signature, 'base64'),
    hash: Buffer.from(hash, 'base64'),
  };
}

function entryOf(line: string): ChainedEntry {
  const entry = entryLine.parse(JSON.parse(line));
  return { ...headOf(entry), body: Buffer.from(entry.body, 'base64') };
}

/** What is made of each line of a file. */
type ReadFile = <T>(name: string, of: (line: string) => T) => AsyncIterable<T>;

/** The first line of a file of rows, or another. */
type RowLine = z.infer<typeof tableLine> | z.infer<typeof rowLine>;

function rowLineOf(line: string): RowLine {
  return z.union([rowLine, tableLine]).parse(JSON.parse(line));
}

interface RowFile {
  readonly lines: () => AsyncIterable<RowLine>;
  readonly present: ReadonlySet<string>;
}

/** By the label of the table. */
async function rowFilesIn(names: readonly string[], read: ReadFile): Promise<ReadonlyMap<string, RowFile>> {
  const files = new Map<string, RowFile>();
  for (const name of names) {
    if (!/^rows-\d+\.jsonl$/.test(name)) continue;
    for await (const { table, present } of read(name, (line) => tableLine.parse(JSON.parse(line)))) {
      files.set(tableLabel(table), { lines: () => read(name, rowLineOf), present: new Set(present) });
      break;
    }
  }
  return files;
}

async function* rowsIn(lines: AsyncIterable<RowLine> | undefined, { columns }: TableShape) {
  if (lines === undefined) return;
  let places: readonly number[] = [];
  for await (const line of lines) {
    if (Array.isArray(line)) yield [places.map((at) => line[at] ?? null)];
    else places = columns.map((column) => line.columns.indexOf(columnLabel(column)));
  }
}

async function allOf<T>(lines: AsyncIterable<T>): Promise<readonly T[]> {
  const all: T[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function aboutOf(file: string): Promise<z.infer<typeof about>> {
  await access(file).catch(() => {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${file} is missing: this is no export, or one that was not finished`,
    );
  });
  try {
    return about.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    throw new RangeError(`${file} cannot be read`);
  }
}
