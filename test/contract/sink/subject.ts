import type { Cell, Row } from '../../../schemas/contract/cell.ts';
import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type {
  Claim,
  DeleteGroup,
  Sink,
  SinkBatch,
  SinkPoint,
  UpsertGroup,
} from '../../../schemas/contract/ports.ts';
import { offsetOf, versionOf } from '../../../schemas/contract/position.ts';
import type { Version } from '../../../schemas/contract/position.ts';
import type { Column, LogicalType, TableShape } from '../../../schemas/contract/table.ts';
import type { SinkOptions } from '../../../sinks/upsert/options.ts';
import type { TestDatabase } from '../../support/databases.ts';
import { JOURNAL } from '../../support/audited.ts';
import { uniqueName } from '../../support/stack-file.ts';

/** A sink's makers and the real database it is tested on. */
export interface Dialect {
  readonly name: string;
  open(): TestDatabase;
  create(options: SinkOptions): Sink;
}

/** What a test of the contract works with: one database, one user of its own, as many sinks as it wants. */
export class Subject {
  readonly database: TestDatabase;
  readonly user: string;
  /** Namespace of positions and tombstones. */
  readonly namespace: string;
  /** Namespace of target tables. */
  readonly data: string;
  /** Tables whose rows a test has changed behind the sink's back. */
  readonly tampered = new Set<TableShape>();
  readonly #dialect: Dialect;
  readonly #password: string;
  readonly #sinks: Sink[] = [];

  private constructor(dialect: Dialect, database: TestDatabase, login: { user: string; password: string }) {
    this.#dialect = dialect;
    this.database = database;
    this.user = login.user;
    this.#password = login.password;
    this.namespace = database.reserveNamespace('cf');
    this.data = database.reserveNamespace('data');
  }

  static async open(dialect: Dialect): Promise<Subject> {
    const database = dialect.open();
    const subject = new Subject(dialect, database, await database.createUser('all'));
    const kind = database.dialect === 'mysql' ? 'DATABASE' : 'SCHEMA';
    await database.query(`CREATE ${kind} ${database.quote(subject.data)}`);
    return subject;
  }

  get dialect(): TestDatabase['dialect'] {
    return this.database.dialect;
  }

  sink(options: Partial<SinkOptions> = {}): Sink {
    const sink = this.#dialect.create({
      ...this.database.address,
      user: this.user,
      password: this.#password,
      namespace: this.namespace,
      lockTimeout: 5_000,
      journal: JOURNAL,
      ...options,
    });
    this.#sinks.push(sink);
    return sink;
  }

  /** A sink whose product tables exist. */
  async readySink(options: Partial<SinkOptions> = {}): Promise<Sink> {
    const sink = this.sink(options);
    await sink.prepare();
    return sink;
  }

  table(name: string, columns: Readonly<Record<string, LogicalType>>, key: readonly string[]): TableShape {
    return { id: { namespace: this.data, name }, key, columns: columnsOf(columns, key) };
  }

  /** An expense claim of no particular sort, in a table of its own. */
  claims(prefix = 'claims'): TableShape {
    return this.table(
      uniqueName(prefix),
      {
        id: { kind: 'int', bits: 64 },
        title: { kind: 'text' },
        amount: { kind: 'decimal', precision: 18, scale: 2 },
      },
      ['id'],
    );
  }

  rows(shape: TableShape): Promise<Row[]> {
    return this.database.readRows(shape);
  }

  /** The name of a table for SQL. */
  sql({ id }: TableShape): string {
    return `${this.database.quote(id.namespace)}.${this.database.quote(id.name)}`;
  }

  async close(): Promise<void> {
    await Promise.all(this.#sinks.map((sink) => sink.close().catch(() => undefined)));
    await this.database.close();
  }
}

function columnsOf(columns: Readonly<Record<string, LogicalType>>, key: readonly string[]): Column[] {
  return Object.entries(columns).map(([name, type]) => ({ name, type, nullable: !key.includes(name) }));
}

/** The n-th change of a history. */
export function v(n: number): Version {
  return versionOf(n.toString(16).padStart(32, '0'));
}

export function keyOf(shape: TableShape, row: Row): ReturnType<typeof rowKeyOf> {
  return rowKeyOf(shape.key.map((name) => row[name] ?? null));
}

/** Rows with their versions; the columns are those of the first row. */
export function upserts(shape: TableShape, ...changes: readonly (readonly [Row, Version])[]): UpsertGroup {
  const columns = Object.keys(changes[0]?.[0] ?? {});
  return {
    table: shape,
    columns,
    rows: changes.map(([row]) => columns.map((name) => row[name] ?? null)),
    keys: changes.map(([row]) => keyOf(shape, row)),
    versions: changes.map(([, version]) => version),
  };
}

export function deletes(
  shape: TableShape,
  ...changes: readonly (readonly [readonly Cell[], Version])[]
): DeleteGroup {
  return {
    table: shape,
    keyCells: changes.map(([cells]) => cells),
    keys: changes.map(([cells]) => rowKeyOf(cells)),
    versions: changes.map(([, version]) => version),
  };
}

export type Groups = Partial<Omit<SinkBatch, 'claim' | 'first' | 'next'>>;

/** Batches of one partition, each beginning where the one before ended. */
export class Partition {
  readonly claim: Claim;
  #next: number;

  constructor(claim: Claim) {
    this.claim = claim;
    this.#next = Number(claim.next ?? 0);
  }

  static async claimed(sink: Sink, topic = uniqueName('topic'), route = 'route'): Promise<Partition> {
    const [claim] = await sink.claim(route, [{ topic, partition: 0 }]);
    return new Partition(claim!);
  }

  /** The batch after this one's last; ten offsets long. */
  batch(groups: Groups): SinkBatch {
    const first = this.#next;
    this.#next += 10;
    return {
      claim: this.claim,
      first: offsetOf(first),
      next: offsetOf(this.#next),
      sourceVersion: null,
      sourceTime: null,
      recordTime: null,
      watermark: null,
      mappingVersion: 'claims@1',
      clears: [],
      occurrences: [],
      upserts: [],
      deletes: [],
      letters: [],
      freed: [],
      ...groups,
    };
  }
}

/** Stops an apply at a named point until it is let go. */
export class Gate {
  readonly #point: SinkPoint;
  #arrive: () => void = () => undefined;
  #open: () => void = () => undefined;
  readonly reached: Promise<void>;
  readonly #opened: Promise<void>;

  constructor(point: SinkPoint) {
    this.#point = point;
    this.reached = new Promise((resolve) => (this.#arrive = resolve));
    this.#opened = new Promise((resolve) => (this.#open = resolve));
  }

  readonly reach = async (point: SinkPoint): Promise<void> => {
    if (point !== this.#point) return;
    this.#arrive();
    await this.#opened;
  };

  open(): void {
    this.#open();
  }
}

/** Resolves when a session of the subject's user waits for a lock, or when the work has ended without waiting. */
export async function blockedOrDone(subject: Subject, work: Promise<unknown>): Promise<void> {
  const end = work.then(
    () => true,
    () => true,
  );
  // Not more often: InnoDB shows a picture of its transactions that it renews only when nobody looked for 0.1 s.
  const soon = () => new Promise<boolean>((resolve) => setTimeout(resolve, 150, false));
  while (!(await Promise.race([end, soon()]))) {
    if ((await subject.database.sessionsWaiting(subject.user)) > 0) return;
  }
}
