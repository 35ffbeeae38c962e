import type { Cell } from '../../schemas/contract/cell.ts';
import { offsetOf } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { LogicalType, TableShape } from '../../schemas/contract/table.ts';
import { JOURNAL_SHAPE_TABLE, JOURNAL_TABLE } from '../../schemas/journal/entry.ts';
import type { ChainedEntry } from '../../schemas/journal/entry.ts';
import { shapeIdOf, shapeOfText } from '../../schemas/journal/shape.ts';
import type { JournalShape, ShapeId } from '../../schemas/journal/shape.ts';
import type { DatabaseReader, DatabaseSnapshot, RowCells } from '../consistency/reader.ts';
import { inChains } from './evidence.ts';
import type { EntryHead, Evidence } from './evidence.ts';

/** Records whose entries are read at once. */
const RECORDS_AT_ONCE = 20_000;

const TEXT: LogicalType = { kind: 'text' };
const LONG: LogicalType = { kind: 'int', bits: 64 };
const NUMBER: LogicalType = { kind: 'int', bits: 32 };
const BYTES: LogicalType = { kind: 'bytes' };

const HEAD = {
  ...{ route: TEXT, topic: TEXT, partition: NUMBER, sequence: LONG, kind: TEXT, first_offset: LONG },
  ...{ next_offset: LONG, mapping_version: TEXT, applied_at: LONG, records: NUMBER },
  ...{ digest: BYTES, signature: BYTES, hash: BYTES },
} satisfies Readonly<Record<string, LogicalType>>;

type Dialect = 'postgresql' | 'mariadb' | 'mysql';

/** The journal and the tables of a target, in one snapshot of it; `namespace` is that of the product's own tables. */
export async function databaseEvidence(
  snapshot: DatabaseSnapshot,
  reader: Pick<DatabaseReader, 'describeTables'>,
  { namespace, kind }: { readonly namespace: string; readonly kind: Dialect },
  about: Pick<Evidence, 'target' | 'anchors'>,
): Promise<Evidence> {
  const shapeTable = { namespace, name: JOURNAL_SHAPE_TABLE };
  const entryTable = { namespace, name: JOURNAL_TABLE };
  const [hasShapes, hasEntries] = (await reader.describeTables([shapeTable, entryTable])).map(
    (each) => each !== null,
  );
  const key = ['route', 'topic', 'partition', 'sequence'];
  const headShape = shapeOf(entryTable, HEAD, key);
  const wholeShape = shapeOf(entryTable, { ...HEAD, body: BYTES }, key);
  const known = new Map<string, ReadonlySet<string> | null>();
  return {
    ...about,
    shapes: async () => {
      const shapes = new Map<ShapeId, JournalShape>();
      if (hasShapes !== true) return shapes;
      for await (const chunk of snapshot.rows(shapeOf(shapeTable, { id: TEXT, definition: TEXT }, ['id'])))
        for (const [id, definition] of chunk) {
          const text = String(definition);
          if (shapeIdOf(text) === id) shapes.set(shapeIdOf(text), shapeOfText(text));
        }
      return shapes;
    },
    heads: async () => {
      const heads: EntryHead[] = [];
      let unreadable = 0;
      if (hasEntries === true)
        for await (const chunk of snapshot.rows(headShape))
          for (const cells of chunk)
            if (isReadable(cells)) heads.push(headOf(cells));
            else unreadable += 1;
      return { heads: heads.sort(inChains), unreadable };
    },
    bodies: async function* (heads) {
      for (const part of partsOf(heads)) {
        const rows = await snapshot.rowsByKey(wholeShape, part.map(keyOf));
        yield rows.map(entryOf);
      }
    },
    entriesWith: async function* (bytes, notOf = []) {
      if (hasEntries !== true) return;
      // In this order: the body of an entry that is not looked at is not read.
      const conditions = [...notOf.map((topic) => `topic <> ${textOf(kind, topic)}`), bodyHas(kind, bytes)];
      for await (const chunk of snapshot.rows(wholeShape, conditions.join(' AND '))) yield chunk.map(entryOf);
    },
    columns: async (table) => {
      const label = tableLabel(table);
      const found = known.get(label);
      if (found !== undefined) return found;
      const [described] = await reader.describeTables([table]);
      const names = described ? new Set(described.columns.map(({ name }) => name)) : null;
      known.set(label, names);
      return names;
    },
    rows: (shape) => snapshot.normalRows(shape),
  };
}

function shapeOf(
  id: TableShape['id'],
  columns: Readonly<Record<string, LogicalType>>,
  key: readonly string[],
): TableShape {
  return {
    id,
    key,
    columns: Object.entries(columns).map(([name, type]) => ({ name, type, nullable: false })),
  };
}

const NAMES = Object.keys(HEAD) as readonly (keyof typeof HEAD)[];

/** Numbers that are numbers: a reader gives what does not fit its type as a text, or as nothing. */
function isReadable(cells: RowCells): boolean {
  return NAMES.every((name, at) => {
    const cell = cells[at];
    const { kind } = HEAD[name];
    if (kind === 'int') return (typeof cell === 'bigint' || typeof cell === 'number') && isCount(cell);
    return kind === 'bytes' ? cell instanceof Uint8Array : typeof cell === 'string';
  });
}

/** Not below zero; as a time, one that there is. */
function isCount(value: bigint | number): boolean {
  return value >= 0 && value <= 8_640_000_000_000_000;
}

function headOf(cells: RowCells): EntryHead {
  const cell = (name: keyof typeof HEAD): Cell => cells[NAMES.indexOf(name)] ?? null;
  return {
    chain: {
      route: String(cell('route')),
      topic: String(cell('topic')),
      partition: Number(cell('partition')),
    },
    // Whatever it says: an entry of another kind has another digest.
    kind: cell('kind') as EntryHead['kind'],
    sequence: BigInt(String(cell('sequence'))),
    first: offsetOf(String(cell('first_offset'))),
    next: offsetOf(String(cell('next_offset'))),
    mappingVersion: String(cell('mapping_version')),
    appliedAt: Number(cell('applied_at')),
    records: Number(cell('records')),
    digest: bytesOf(cell('digest')),
    signature: bytesOf(cell('signature')),
    hash: bytesOf(cell('hash')),
  };
}

/** The body is the last column. */
function entryOf(cells: RowCells): ChainedEntry {
  return { ...headOf(cells), body: bytesOf(cells[cells.length - 1]) };
}

/** A text in SQL, whatever characters it has. */
function textOf(kind: Dialect, text: string): string {
  const hex = Buffer.from(text).toString('hex');
  return kind === 'postgresql'
    ? `convert_from('\\x${hex}'::bytea, 'UTF8')`
    : `CONVERT(X'${hex}' USING utf8mb4)`;
}

function bodyHas(kind: Dialect, bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return kind === 'postgresql' ? `position('\\x${hex}'::bytea IN body) > 0` : `INSTR(body, X'${hex}') > 0`;
}

function bytesOf(cell: Cell | undefined): Buffer {
  return cell instanceof Uint8Array
    ? Buffer.from(cell.buffer, cell.byteOffset, cell.byteLength)
    : Buffer.alloc(0);
}

function keyOf({ chain: { route, topic, partition }, sequence }: EntryHead): readonly Cell[] {
  return [route, topic, partition, sequence];
}

/** So many entries at a time that their bodies fit into memory. */
function* partsOf(heads: readonly EntryHead[]): Generator<readonly EntryHead[]> {
  let part: EntryHead[] = [];
  let records = 0;
  for (const head of heads) {
    part.push(head);
    records += head.records + 1;
    if (records < RECORDS_AT_ONCE) continue;
    yield part;
    part = [];
    records = 0;
  }
  if (part.length > 0) yield part;
}
