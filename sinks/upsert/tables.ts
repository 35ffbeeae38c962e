import { ROW_COLUMN, tableLabel, VERSION_COLUMN } from '../../schemas/contract/table.ts';
import type { Column, LogicalType, TableId, TableShape } from '../../schemas/contract/table.ts';
import type { TableChange } from '../../schemas/contract/ports.ts';
import { canCarry } from './carriers.ts';
import type {
  Catalogue,
  ExistingTable,
  TargetColumn,
  TargetTable,
  UniqueIndex,
  WidenedColumn,
} from './database.ts';
import { changesOf, refuseStopped } from './evolution.ts';
import { TargetError } from './target-error.ts';

/** Hears of a table that was there before and has been altered: all its differences, not only those that are gone now. */
export type OnAltered = (table: TableId, changes: readonly TableChange[]) => void;

/** Target tables by shape: created or extended once, then remembered. */
export class TargetTables {
  readonly #catalogue: Catalogue;
  #byShape = new WeakMap<TableShape, Promise<TargetTable>>();
  #bySignature = new Map<string, Promise<TargetTable>>();
  /** What was found or made before, to tell a new column from one that vanished. */
  readonly #seen = new Map<string, Set<string>>();

  readonly #onAltered: OnAltered;

  constructor(catalogue: Catalogue, onAltered: OnAltered = () => undefined) {
    this.#catalogue = catalogue;
    this.#onAltered = onAltered;
  }

  /** The target table for this shape, made fit for it when it was not. */
  ensure(shape: TableShape): Promise<TargetTable> {
    const known = this.#byShape.get(shape);
    if (known) return known;
    const { namespace, name } = shape.id;
    const signature = JSON.stringify([namespace, name, shape.key, shape.columns, shape.schemaPolicy]);
    const table = this.#bySignature.get(signature) ?? this.#resolve(shape);
    this.#bySignature.set(signature, table);
    this.#byShape.set(shape, table);
    table.catch(() => {
      this.#bySignature.delete(signature);
      this.#byShape.delete(shape);
    });
    return table;
  }

  /** Looks at all tables again: one of them is not what it was. */
  forget(): void {
    this.#bySignature = new Map();
    this.#byShape = new WeakMap();
  }

  async #resolve(shape: TableShape): Promise<TargetTable> {
    assertSound(shape);
    this.#catalogue.validate(shape);
    const existing = (await this.#catalogue.describe(shape.id)) ?? (await this.#create(shape));
    await this.#assertIdentity(shape, existing);
    const changes = changesOf(shape, existing, this.#catalogue.longestKeyText(shape));
    refuseStopped(shape, changes);
    await this.#assertCarried(shape, existing, changes);
    const complete = await this.#complete(shape, existing, changes);
    const table = matchTable(shape, complete, await this.#assertIdentity(shape, complete), changes);
    this.#remember(shape, complete);
    if (complete !== existing) this.#onAltered(shape.id, changes);
    return table;
  }

  /** What {@link ensure} would do; changes nothing. */
  async plan(shape: TableShape): Promise<readonly TableChange[]> {
    assertSound(shape);
    this.#catalogue.validate(shape);
    const existing = await this.#catalogue.describe(shape.id);
    const changes = changesOf(shape, existing, this.#catalogue.longestKeyText(shape));
    if (existing === null) return changes;
    await this.#assertIdentity(shape, existing);
    await this.#assertCarried(shape, existing, changes);
    return changes;
  }

  /** Null for a table without a key: its rows are found by their hashes. */
  async #assertIdentity(shape: TableShape, existing: ExistingTable): Promise<UniqueIndex | null> {
    if (shape.key.length === 0) {
      assertHashed(shape, existing);
      return null;
    }
    const identity = identityOf(shape, existing);
    if (identity) return identity;
    throw new TargetError(
      'TARGET_INCOMPATIBLE',
      `the target table ${tableLabel(shape.id)} has no unique index on exactly its key (${shape.key.join(', ')})`,
      {
        remedy:
          `Run in the target, not deferrable and not partial: ${await this.#catalogue.keyStatement(shape)}; then start the ` +
          'route again. When the source has another key now, drop the old one in the target as soon as the source breaks it.',
      },
    );
  }

  /** Columns that are there, and are not going to be altered, hold what the source sends as it is. */
  async #assertCarried(
    shape: TableShape,
    existing: ExistingTable,
    changes: readonly TableChange[],
  ): Promise<void> {
    const altered = new Set(retypedOf(changes).map(({ name }) => name));
    for (const { name, type } of shape.columns) {
      const found = existing.columns.find((column) => column.name === name);
      if (found === undefined || altered.has(name)) continue;
      const label = `${tableLabel(shape.id)}.${name}`;
      if (found.generated)
        throw new TargetError('TARGET_INCOMPATIBLE', `the target computes the column ${label} itself`, {
          remedy: 'Leave the column out in the mapping.',
        });
      if (canCarry(found.family, type.kind)) continue;
      throw new TargetError(
        'TARGET_INCOMPATIBLE',
        `the target column ${label} (${found.sqlType}) would alter values of the kind ${type.kind}`,
        {
          remedy:
            `Run in the target: ${await this.#catalogue.retypeStatement(shape, { name, type: meeting(type) })}; then start ` +
            'the route again, and read the rows again with `counterfoil backfill`. Or convert the values in the mapping.',
        },
      );
    }
  }

  async #create(shape: TableShape): Promise<ExistingTable> {
    if (this.#seen.has(tableLabel(shape.id))) throw vanished(`the target table ${tableLabel(shape.id)}`);
    await this.#catalogue.create(shape);
    return await this.#describe(shape);
  }

  async #complete(
    shape: TableShape,
    existing: ExistingTable,
    changes: readonly TableChange[],
  ): Promise<ExistingTable> {
    const missing = changes.flatMap((change) =>
      change.kind === 'add' && change.action === 'evolve' ? [change.column] : [],
    );
    const narrow = retypedOf(changes);
    const withVersion = !existing.columns.some(({ name }) => name === VERSION_COLUMN);
    if (missing.length + narrow.length === 0 && !withVersion) return existing;
    const label = tableLabel(shape.id);
    const seen = this.#seen.get(label) ?? new Set();
    const lost = [...missing, ...(withVersion ? [VERSION_COLUMN] : [])].find((name) => seen.has(name));
    if (lost !== undefined) throw vanished(`the target column ${label}.${lost}`);
    if (missing.length > 0 || withVersion) await this.#catalogue.addColumns(shape, missing, withVersion);
    if (narrow.length > 0) await this.#catalogue.widenColumns(shape, narrow);
    return await this.#describe(shape);
  }

  #remember({ id }: TableShape, { columns }: ExistingTable): void {
    const label = tableLabel(id);
    const seen = this.#seen.get(label) ?? new Set();
    for (const { name } of columns) seen.add(name);
    this.#seen.set(label, seen);
  }

  async #describe(shape: TableShape): Promise<ExistingTable> {
    const existing = await this.#catalogue.describe(shape.id);
    if (existing) return existing;
    throw new TargetError(
      'TARGET_MISCONFIGURED',
      `the target table ${tableLabel(shape.id)} is not visible to the sink's user`,
      { remedy: 'Grant the user SELECT, INSERT, UPDATE and DELETE on it.' },
    );
  }
}

/** What was there and is gone is not made anew: it would be empty while the position says that rows were applied. */
function vanished(what: string): TargetError {
  return new TargetError('TARGET_MISCONFIGURED', `${what} has vanished`, {
    remedy:
      'Restore it with what it held; or restart the route to begin it empty, and snapshot its sources again.',
  });
}

function assertSound(shape: TableShape): void {
  const label = tableLabel(shape.id);
  const names = new Set(shape.columns.map(({ name }) => name));
  const stray = shape.key.find((name) => !names.has(name));
  if (stray !== undefined)
    throw new TargetError('TARGET_INCOMPATIBLE', `the key column ${stray} of ${label} is not a column of it`);
  const taken = [VERSION_COLUMN, ...(shape.key.length === 0 ? [ROW_COLUMN] : [])].find((name) =>
    names.has(name),
  );
  if (taken !== undefined)
    throw new TargetError('TARGET_INCOMPATIBLE', `${label} has a column of its own named ${taken}`, {
      remedy: 'Rename the column in the mapping.',
    });
}

/** Text holds what comes by the old type as well as by the new one: records of both are on their way for a while. */
function meeting(type: LogicalType): LogicalType {
  return canCarry('text', type.kind) ? { kind: 'text' } : type;
}

/** The columns that get another type. */
function retypedOf(changes: readonly TableChange[]): readonly WidenedColumn[] {
  return changes.flatMap((change) =>
    (change.kind === 'widen' || change.kind === 'retype') && change.action === 'evolve'
      ? [{ name: change.column, type: change.type }]
      : [],
  );
}

function assertHashed({ id }: TableShape, { columns }: ExistingTable): void {
  if (columns.some(({ name }) => name === ROW_COLUMN)) return;
  throw new TargetError(
    'TARGET_INCOMPATIBLE',
    `the source table of ${tableLabel(id)} has no key, and the target table has no column ${ROW_COLUMN} by which rows are found`,
    {
      remedy:
        'Drop the target table, so that it is made anew, and snapshot the source again; or name the key in the `keys` of the source.',
    },
  );
}

function identityOf(shape: TableShape, existing: ExistingTable): UniqueIndex | undefined {
  const key = [...shape.key].sort().join('\0');
  const matching = existing.uniqueIndexes.filter(({ columns }) => [...columns].sort().join('\0') === key);
  return matching.find(({ primary }) => primary) ?? matching[0];
}

function matchTable(
  shape: TableShape,
  existing: ExistingTable,
  identity: UniqueIndex | null,
  changes: readonly TableChange[],
): TargetTable {
  const leftOut = new Set(
    changes.flatMap((change) => (change.kind === 'add' && change.action === 'ignore' ? [change.column] : [])),
  );
  const columns = new Map(
    shape.columns
      .filter(({ name }) => !leftOut.has(name))
      .map((column) => [column.name, matchColumn(shape, column, existing)]),
  );
  const key = shape.key.map((name) => columns.get(name)).filter((column) => column !== undefined);
  const inexact = key.find(({ comparison }) => comparison === 'inexact');
  if (inexact)
    throw new TargetError(
      'TARGET_INCOMPATIBLE',
      `the key column ${inexact.name} of ${tableLabel(shape.id)} does not tell all texts apart (its collation)`,
      { remedy: 'Give the column a binary collation.' },
    );
  const unserved = existing.columns.find(
    ({ name, required }) =>
      required &&
      !columns.has(name) &&
      name !== VERSION_COLUMN &&
      !(name === ROW_COLUMN && identity === null),
  );
  if (unserved)
    throw new TargetError(
      'TARGET_MISCONFIGURED',
      `the target column ${tableLabel(shape.id)}.${unserved.name} must not be null, but nothing is written to it`,
      { remedy: 'Give the column a default, or let it be null; then the route goes on by itself.' },
    );
  const { deleteIsInert, uniqueIndexCount } = existing;
  return { shape, columns, key, identity, leftOut, hasOtherUnique: uniqueIndexCount > 1, deleteIsInert };
}

function matchColumn(shape: TableShape, column: Column, existing: ExistingTable): TargetColumn {
  const found = existing.columns.find(({ name }) => name === column.name);
  const label = `${tableLabel(shape.id)}.${column.name}`;
  if (!found)
    throw new TargetError('TARGET_INCOMPATIBLE', `the target has no column ${label} and none could be added`);
  return { ...found, kind: column.type.kind };
}
