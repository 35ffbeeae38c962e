import type pg from 'pg';
import type { Claim, Sink, StoredPosition, VersionedClear } from '../../schemas/contract/ports.ts';
import type { Offset, TopicPartition, Version } from '../../schemas/contract/position.ts';
import { tableLabel } from '../../schemas/contract/table.ts';
import type { Chain } from '../../schemas/contract/chain.ts';
import { JOURNAL_HEAD_TABLE, JOURNAL_SHAPE_TABLE, JOURNAL_TABLE } from '../../schemas/journal/entry.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import type {
  ChunkLimits,
  JournaledMove,
  PositionRow,
  RowSet,
  Savepoint,
  TargetDatabase,
  TargetTransaction,
  UnwrittenState,
  UnjournaledRange,
  WriteOutcome,
} from '../upsert/database.ts';
import { settingsOf } from '../upsert/options.ts';
import { REPAIR_ROW_TABLE } from '../upsert/repair-rows.ts';
import type { SinkOptions } from '../upsert/options.ts';
import { createUpsertSink } from '../upsert/sink.ts';
import { ACCOUNT_COUNT_TABLE, accountDefinitions, Accounts } from './accounts.ts';
import { openPool, Session } from './connection.ts';
import { LETTER_TABLE, letterDefinition, letterIndexDefinition, Letters } from './dead-letters.ts';
import { Gates } from './gates.ts';
import {
  extensionDefinition,
  NEWEST_COLUMN,
  POSITION_TABLE,
  positionDefinition,
  Positions,
} from './positions.ts';
import { repairDefinitions, Repairs } from './repairs.ts';
import { RUN_TABLE, runDefinition, Runs } from './runs.ts';
import { journalDefinitions, JournalEntries } from './journal.ts';
import { mayStage, STAGED_FROM, Staging } from './staging.ts';
import { deleteStatement } from './statements.ts';
import {
  createNamespace,
  inDefinition,
  inTransaction,
  PostgresCatalogue,
  tableExists,
  columnExists,
} from './tables.ts';
import { TOMBSTONE_TABLE } from '../../schemas/contract/stored-key.ts';
import { tombstoneDefinition, Tombstones } from './tombstones.ts';
import { noteUnwritten, WATCH_TABLE, watchDefinition } from './watches.ts';
import { clearTable, keysOnly, writeSet } from './writes.ts';
import type { WriteContext } from './writes.ts';

export interface PostgresSinkOptions extends SinkOptions {
  /** Sets of so many rows are brought by COPY, smaller ones within their statement. */
  readonly stagedFrom?: number;
}

/** A sink for PostgreSQL 12 or later. No connection is made before the first call. */
export function createPostgresSink(options: PostgresSinkOptions): Sink {
  const settings = settingsOf(options);
  const { stagedFrom = STAGED_FROM } = options;
  const database = new PostgresDatabase(openPool(settings), settings.namespace, stagedFrom);
  return createUpsertSink(database, { ...options, storesNul: false });
}

/** Where a definition makes several tables, the last of them. */
const OWN_TABLES = [
  ...[POSITION_TABLE, TOMBSTONE_TABLE, LETTER_TABLE, RUN_TABLE, WATCH_TABLE, REPAIR_ROW_TABLE],
  ...[JOURNAL_TABLE, JOURNAL_HEAD_TABLE, JOURNAL_SHAPE_TABLE, ACCOUNT_COUNT_TABLE],
];

class PostgresDatabase implements TargetDatabase {
  readonly catalogue: PostgresCatalogue;
  readonly #pool: pg.Pool;
  readonly #namespace: string;
  readonly #stagedFrom: number;
  /** Null until the server was asked. */
  #mayStage: boolean | null = null;

  constructor(pool: pg.Pool, namespace: string, stagedFrom: number) {
    this.#pool = pool;
    this.#namespace = namespace;
    this.#stagedFrom = stagedFrom;
    this.catalogue = new PostgresCatalogue(pool);
  }

  async prepare(): Promise<void> {
    const namespace = this.#namespace;
    const complete = await inTransaction(this.#pool, async (session) => {
      for (const name of OWN_TABLES) if (!(await tableExists(session, { namespace, name }))) return false;
      return columnExists(session, { namespace, name: POSITION_TABLE }, NEWEST_COLUMN);
    });
    if (complete) return;
    await inDefinition(this.#pool, async (session) => {
      await createNamespace(session, namespace);
      await session.run(positionDefinition(namespace), [], 'create the table of positions');
      await session.run(extensionDefinition(namespace), [], 'extend the table of positions');
      await session.run(tombstoneDefinition(namespace), [], 'create the table of tombstones');
      await session.run(letterDefinition(namespace), [], 'create the table of dead letters');
      await session.run(letterIndexDefinition(namespace), [], 'create the table of dead letters');
      await session.run(runDefinition(namespace), [], 'create the table of runs');
      await session.run(watchDefinition(namespace), [], 'create the table of watches');
      for (const definition of journalDefinitions(namespace))
        await session.run(definition, [], 'create the journal');
      for (const definition of accountDefinitions(namespace))
        await session.run(definition, [], 'create the tables of accounts');
      for (const definition of repairDefinitions(namespace))
        await session.run(definition, [], 'create the tables of repairs');
    });
  }

  async begin(): Promise<TargetTransaction> {
    const session = await Session.begin(this.#pool);
    try {
      this.#mayStage ??= await mayStage(session);
    } catch (error) {
      await session.release();
      throw error;
    }
    const staging = new Staging(session, this.#mayStage ? this.#stagedFrom : Number.POSITIVE_INFINITY);
    return new PostgresTransaction(session, this.#namespace, staging);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}

class PostgresTransaction implements TargetTransaction {
  readonly chunk: ChunkLimits = { rows: 5_000, bytes: 16 << 20 };
  readonly letters: Letters;
  readonly runs: Runs;
  readonly accounts: Accounts;
  readonly repairs: Repairs;
  readonly journal: JournalEntries;
  readonly #session: Session;
  readonly #positions: Positions;
  readonly #tombstones: Tombstones;
  readonly #gates: Gates;
  readonly #staging: Staging;
  readonly #namespace: string;

  constructor(session: Session, namespace: string, staging: Staging) {
    this.#session = session;
    this.#namespace = namespace;
    this.#staging = staging;
    this.#positions = new Positions(namespace);
    this.#tombstones = new Tombstones(namespace);
    this.#gates = new Gates(session);
    this.letters = new Letters(session, namespace);
    this.runs = new Runs(session, namespace);
    this.accounts = new Accounts(session, namespace);
    this.repairs = new Repairs(session, namespace);
    this.journal = new JournalEntries(session, namespace);
  }

  movePosition(move: JournaledMove): Promise<boolean> {
    return this.#positions.move(this.#session, move);
  }

  readPosition(chain: Chain): Promise<PositionRow | null> {
    return this.#positions.read(this.#session, chain);
  }

  raiseEpochs(route: string, partitions: readonly TopicPartition[]): Promise<readonly Claim[]> {
    return this.#positions.raiseEpochs(this.#session, route, partitions);
  }

  listPositions(route: string): Promise<readonly StoredPosition[]> {
    return this.#positions.list(this.#session, route);
  }

  setPosition(claim: Claim, next: Offset): Promise<void> {
    return this.#positions.set(this.#session, claim, next);
  }

  hasPositions(): Promise<boolean> {
    return this.#positions.exist(this.#session);
  }

  unjournaled(route: string): Promise<readonly UnjournaledRange[]> {
    return this.#positions.unjournaled(this.#session, route);
  }

  takeAsJournaled(claim: Claim): Promise<void> {
    return this.#positions.takeAsJournaled(this.#session, claim);
  }

  write(set: RowSet): Promise<WriteOutcome> {
    return writeSet(this.#context(), set);
  }

  async clearedAt(id: TableId): Promise<Version | null> {
    await this.#gates.share(id);
    return this.#tombstones.ofTable(this.#session, id);
  }

  clear(clear: VersionedClear, exists: boolean): Promise<void> {
    return clearTable(this.#context(), clear, exists);
  }

  #context(): WriteContext {
    return {
      session: this.#session,
      gates: this.#gates,
      tombstones: this.#tombstones,
      staging: this.#staging,
    };
  }

  async vacate(set: RowSet): Promise<void> {
    const { sql, values } = deleteStatement(keysOnly(set));
    await this.#session.run(sql, values, `make room in ${tableLabel(set.target.shape.id)}`);
  }

  noteUnwritten(states: readonly UnwrittenState[]): Promise<void> {
    return noteUnwritten(this.#session, this.#namespace, states);
  }

  async checkConstraintsAtOnce(): Promise<void> {
    await this.#session.run('SET CONSTRAINTS ALL IMMEDIATE', [], 'check constraints at once');
  }

  async savepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`SAVEPOINT ${name}`, [], 'set a savepoint');
  }

  async releaseSavepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`RELEASE SAVEPOINT ${name}`, [], 'release a savepoint');
  }

  async rollbackToSavepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`ROLLBACK TO SAVEPOINT ${name}`, [], 'roll back to a savepoint');
    await this.#session.run(`RELEASE SAVEPOINT ${name}`, [], 'release a savepoint');
    this.#gates.forget();
  }

  commit(): Promise<void> {
    return this.#session.commit();
  }

  rollback(): Promise<void> {
    return this.#session.rollback();
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
