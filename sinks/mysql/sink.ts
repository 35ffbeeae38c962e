import type { Claim, Sink, StoredPosition, VersionedClear } from '../../schemas/contract/ports.ts';
import type { Offset, TopicPartition, Version } from '../../schemas/contract/position.ts';
import type { TableId } from '../../schemas/contract/table.ts';
import { JOURNAL_SHAPE_TABLE } from '../../schemas/journal/entry.ts';
import type { Chain } from '../../schemas/contract/chain.ts';
import type {
  ChunkLimits,
  JournaledMove,
  PositionRow,
  RowSet,
  Savepoint,
  TargetDatabase,
  TargetTransaction,
  UnjournaledRange,
  WriteOutcome,
} from '../upsert/database.ts';
import { settingsOf } from '../upsert/options.ts';
import { REPAIR_ROW_TABLE } from '../upsert/repair-rows.ts';
import type { SinkOptions } from '../upsert/options.ts';
import { createUpsertSink } from '../upsert/sink.ts';
import { ACCOUNT_COUNT_TABLE, accountDefinitions, Accounts } from './accounts.ts';
import { openPool, Session } from './connection.ts';
import type { ConnectionPool } from './connection.ts';
import { journalDefinitions, JournalEntries } from './journal.ts';
import { LETTER_TABLE, letterDefinition, Letters } from './dead-letters.ts';
import { define } from './define.ts';
import {
  extendPositions,
  NEWEST_COLUMN,
  POSITION_TABLE,
  positionDefinition,
  Positions,
} from './positions.ts';
import { repairDefinitions, Repairs } from './repairs.ts';
import { RUN_TABLE, runDefinition, Runs } from './runs.ts';
import { createNamespace, inTransaction, MysqlCatalogue, tableExists, columnExists } from './tables.ts';
import { TOMBSTONE_TABLE } from '../../schemas/contract/stored-key.ts';
import { tombstoneDefinition, Tombstones } from './tombstones.ts';
import { clearTable, vacateRows, writeSet } from './writes.ts';

/** A sink for MariaDB 10.5 or later and MySQL 5.7 or later. No connection is made before the first call. */
export function createMysqlSink(options: SinkOptions): Sink {
  const settings = settingsOf(options);
  const database = new MysqlDatabase(openPool(settings), settings.namespace);
  return createUpsertSink(database, { ...options, storesNul: true });
}

/** Where a definition makes several tables, the last of them. */
const OWN_TABLES = [
  ...[POSITION_TABLE, TOMBSTONE_TABLE, LETTER_TABLE, RUN_TABLE],
  ...[JOURNAL_SHAPE_TABLE, ACCOUNT_COUNT_TABLE, REPAIR_ROW_TABLE],
];

class MysqlDatabase implements TargetDatabase {
  readonly catalogue: MysqlCatalogue;
  readonly #pool: ConnectionPool;
  readonly #namespace: string;

  constructor(pool: ConnectionPool, namespace: string) {
    this.#pool = pool;
    this.#namespace = namespace;
    this.catalogue = new MysqlCatalogue(pool);
  }

  async prepare(): Promise<void> {
    const namespace = this.#namespace;
    await inTransaction(this.#pool, async (session) => {
      const missing: string[] = [];
      for (const name of OWN_TABLES)
        if (!(await tableExists(session, { namespace, name }))) missing.push(name);
      const current = await columnExists(session, { namespace, name: POSITION_TABLE }, NEWEST_COLUMN);
      if (missing.length === 0 && current) return;
      await createNamespace(session, namespace);
      await define(session, positionDefinition(namespace), 'create the table of positions');
      if (!missing.includes(POSITION_TABLE) && !current) await extendPositions(session, namespace);
      await define(session, tombstoneDefinition(namespace), 'create the table of tombstones');
      await define(session, letterDefinition(namespace), 'create the table of dead letters');
      await define(session, runDefinition(namespace), 'create the table of runs');
      for (const definition of journalDefinitions(namespace))
        await define(session, definition, 'create the journal');
      for (const definition of accountDefinitions(namespace))
        await define(session, definition, 'create the tables of accounts');
      for (const definition of repairDefinitions(namespace))
        await define(session, definition, 'create the tables of repairs');
    });
  }

  async begin(): Promise<TargetTransaction> {
    return new MysqlTransaction(await Session.begin(this.#pool), this.#namespace);
  }

  async close(): Promise<void> {
    await this.#pool.pool.end();
  }
}

class MysqlTransaction implements TargetTransaction {
  readonly chunk: ChunkLimits;
  readonly letters: Letters;
  readonly runs: Runs;
  readonly accounts: Accounts;
  readonly repairs: Repairs;
  readonly journal: JournalEntries;
  readonly #session: Session;
  readonly #positions: Positions;
  readonly #tombstones: Tombstones;

  constructor(session: Session, namespace: string) {
    this.#session = session;
    // lists of keys much longer than this exceed what the optimizer looks up in an index
    this.chunk = { rows: 1_000, bytes: Math.min(8 << 20, session.traits.maxPacket >> 1) };
    this.#positions = new Positions(namespace);
    this.#tombstones = new Tombstones(namespace);
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
    return writeSet({ session: this.#session, tombstones: this.#tombstones }, set);
  }

  clearedAt(id: TableId): Promise<Version | null> {
    return this.#tombstones.ofTable(this.#session, id);
  }

  clear(clear: VersionedClear, exists: boolean): Promise<void> {
    return clearTable({ session: this.#session, tombstones: this.#tombstones }, clear, exists);
  }

  vacate(set: RowSet): Promise<void> {
    return vacateRows(this.#session, set);
  }

  /** Nobody watches tables in this database. */
  noteUnwritten(): Promise<void> {
    return Promise.resolve();
  }

  /** Nothing waits for the commit in this database. */
  checkConstraintsAtOnce(): Promise<void> {
    return Promise.resolve();
  }

  async savepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`SAVEPOINT ${name}`, 'set a savepoint');
  }

  async releaseSavepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`RELEASE SAVEPOINT ${name}`, 'release a savepoint');
  }

  async rollbackToSavepoint(name: Savepoint): Promise<void> {
    await this.#session.run(`ROLLBACK TO SAVEPOINT ${name}`, 'roll back to a savepoint');
    await this.#session.run(`RELEASE SAVEPOINT ${name}`, 'release a savepoint');
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
