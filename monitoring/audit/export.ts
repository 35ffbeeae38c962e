import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
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

const about = z.object({ format: z.literal(FORMAT), target: z.string() });

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
});
const rowLine = z.array(z.string().nullable());

/** Writes an export into a new folder. `anchors` are the lines as they were put down. */
export async function writeExport(
  folder: string,
  evidence: Evidence,
  anchors: readonly string[],
  onProgress: (text: string) => void = () => undefined,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if ((await readdir(folder)).length > 0)
    throw new CounterfoilError('CONFIGURATION_INVALID', `${folder} is not empty`, {
      remedy: 'Name a new folder.',
    });
  const shapes = [...(await evidence.shapes()).values()];
  const heads = await evidence.heads();
  await writeLines(join(folder, FILES.anchors), anchors);
  await writeLines(join(folder, FILES.shapes), shapes.map(shapeText));
  await writeLines(
    join(folder, FILES.entries),
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
    if (!(await evidence.has(shape.id))) continue;
    onProgress(`writing ${label}`);
    await writeLines(
      join(folder, `rows-${(number += 1)}.jsonl`),
      (async function* () {
        yield JSON.stringify({ table: shape.id, columns: shape.columns.map(columnLabel) });
        for await (const chunk of evidence.rows(shape))
          for (const texts of chunk) yield JSON.stringify(texts);
      })(),
    );
  }
  // Last: a folder without it is no export.
  await writeFile(join(folder, FILES.about), JSON.stringify({ format: FORMAT, target: evidence.target }), {
    mode: 0o600,
  });
}

/** Reads an export; `open` tells which of its anchors are genuine. Throws CONFIGURATION_INVALID for what is none. */
export async function exportedEvidence(
  folder: string,
  open: (lines: readonly string[], target: string) => Pick<Evidence, 'anchors' | 'falseAnchors'>,
): Promise<Evidence> {
  const { target } = about.parse(await parsed(join(folder, FILES.about)));
  const anchors = await allLines(join(folder, FILES.anchors));
  const rowFiles = await rowFilesIn(folder);
  return {
    target,
    ...open(anchors, target),
    shapes: async () => {
      const texts = await allLines(join(folder, FILES.shapes));
      return new Map(texts.map((text) => [shapeIdOf(text), shapeOfText(text)]));
    },
    heads: async () => {
      const heads: EntryHead[] = [];
      for await (const line of linesIn(join(folder, FILES.entries)))
        heads.push(headOf(headLine.parse(JSON.parse(line))));
      return heads.sort(inChains);
    },
    bodies: async function* () {
      for await (const line of linesIn(join(folder, FILES.entries))) {
        const entry = entryLine.parse(JSON.parse(line));
        yield [{ ...headOf(entry), body: Buffer.from(entry.body, 'base64') }];
      }
    },
    entriesWith: async function* (bytes, notOf = []) {
      for await (const line of linesIn(join(folder, FILES.entries))) {
        const entry = entryLine.parse(JSON.parse(line));
        const body = Buffer.from(entry.body, 'base64');
        if (!notOf.includes(entry.topic) && body.includes(bytes)) yield [{ ...headOf(entry), body }];
      }
    },
    has: (table) => Promise.resolve(rowFiles.has(tableLabel(table))),
    rows: (shape) => rowsIn(rowFiles.get(tableLabel(shape.id)), shape),
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

async function rowFilesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const name of await readdir(folder)) {
    if (!/^rows-\d+\.jsonl$/.test(name)) continue;
    for await (const line of linesIn(join(folder, name))) {
      files.set(tableLabel(tableLine.parse(JSON.parse(line)).table), join(folder, name));
      break;
    }
  }
  return files;
}

async function* rowsIn(file: string | undefined, { columns }: TableShape) {
  if (file === undefined) return;
  let places: readonly number[] | null = null;
  for await (const line of linesIn(file)) {
    if (places === null) {
      const written = tableLine.parse(JSON.parse(line)).columns;
      places = columns.map((column) => written.indexOf(columnLabel(column)));
    } else {
      const texts = rowLine.parse(JSON.parse(line));
      yield [places.map((at) => texts[at] ?? null)];
    }
  }
}

function linesIn(file: string): AsyncIterable<string> {
  return createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY });
}

async function allLines(file: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for await (const line of linesIn(file)) lines.push(line);
  return lines;
}

async function writeLines(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<void> {
  await pipeline(
    async function* () {
      for await (const line of lines) yield `${line}\n`;
    },
    createWriteStream(file, { mode: 0o600 }),
  );
}

async function parsed(file: string): Promise<unknown> {
  await access(file).catch(() => {
    throw new CounterfoilError(
      'CONFIGURATION_INVALID',
      `${file} is missing: this is no export, or one that was not finished`,
    );
  });
  return JSON.parse(await readFile(file, 'utf8'));
}
