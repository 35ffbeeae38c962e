import type { Cell } from '../contract/cell.ts';
import { rowKeyOf } from '../contract/cell.ts';
import { CounterfoilError } from '../contract/errors.ts';
import { DEFAULT_POLICY } from '../contract/mapping.ts';
import type { Mapping, TablePolicy } from '../contract/mapping.ts';
import { tableLabel } from '../contract/table.ts';
import type { SchemaPolicy, TableId, TableShape } from '../contract/table.ts';
import { tableMatcher } from '../contract/table-pattern.ts';
import { contentHash } from './content-hash.ts';
import { prepareMirrorTable } from './mirror-table.ts';
import type { ColumnRules, MaskRule, MirrorTable } from './mirror-table.ts';
import { renamer } from './rename.ts';
import type { RenameRule } from './rename.ts';

/** What is said of the tables that match one of the patterns; what is undefined is not said here. */
export interface TableRule {
  readonly match: readonly string[];
  readonly delete?: TablePolicy['delete'] | undefined;
  readonly truncate?: TablePolicy['truncate'] | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly masks?: readonly MaskRule[] | undefined;
}

export interface MirrorOptions {
  readonly name: string;
  /** Schema or database that the copies are made in; a `*` in it stands for the namespace of the source table. */
  readonly targetNamespace: string;
  readonly accepts: (source: TableId) => boolean;
  readonly rename?: readonly RenameRule[];
  /** From general to special: what a later rule says of a table replaces what an earlier one said; masks add up. */
  readonly tables?: readonly TableRule[];
  /** What holds for tables of which no rule says otherwise. */
  readonly policy?: TablePolicy;
  readonly schemaPolicy?: SchemaPolicy;
  /** Key of the hashes of masked columns. */
  readonly secret?: string | null;
}

/** A mirror, and where it takes a table. */
export interface Mirror extends Mapping {
  readonly targetOf: (source: TableId) => TableId;
}

/**
 * Tables as they are, or less some columns, under the same or other names: the mapping of mirror routes. What cannot be
 * copied is refused for each of its events: see {@link prepareMirrorTable}; so is a second source table that would go to the
 * same target table as another one (CONFIGURATION_INVALID).
 */
export function mirrorOf(options: MirrorOptions): Mirror {
  const { name, targetNamespace, accepts, rename = [], tables = [], secret = null, schemaPolicy } = options;
  const policy = options.policy ?? DEFAULT_POLICY;
  const targetOf = renamer(rename, targetNamespace);
  const rulesOf = ruleFinder(tables, policy);
  const claimed = new Map<string, string>();
  // The decoder gives all events of one schema the same shape object, so the preparation is found by identity.
  const prepared = new WeakMap<TableShape, MirrorTable | CounterfoilError>();

  function prepare(shape: TableShape): MirrorTable {
    const target = targetOf(shape.id);
    refuseCollision(claimed, shape.id, target);
    const rules = rulesOf(shape.id);
    return prepareMirrorTable(shape, {
      target,
      rules: rules.columns,
      keepsDeleted: shape.key.length === 0 ? rules.policy.delete !== 'hard' : rules.policy.delete === 'soft',
      secret,
      schemaPolicy,
    });
  }

  function tableFor(shape: TableShape): MirrorTable {
    let table = prepared.get(shape);
    if (table === undefined) {
      table = preparedOrRefused(() => prepare(shape));
      prepared.set(shape, table);
    }
    if (table instanceof CounterfoilError) throw table;
    return table;
  }

  return {
    name,
    version: contentHash({ mirror: 3, targetNamespace, rename, tables, policy, schemaPolicy, secret }),
    accepts,
    targetOf,
    targets: (shape) => [tableFor(shape).copy],
    copiesRows: (shape) => tableFor(shape).isUnmasked,
    copies: (source) => [targetOf(source)],
    policy: (source) => rulesOf(source).policy,
    upsert: (shape, key, row) => {
      const table = tableFor(shape);
      return [{ kind: 'upsert', table: table.copy, key: rowKeyOf(table.key(key)), cells: table.row(row) }];
    },
    delete: (shape, key: readonly Cell[]) => {
      const table = tableFor(shape);
      const keyCells = table.key(key);
      return [{ kind: 'delete', table: table.copy, key: rowKeyOf(keyCells), keyCells }];
    },
  };
}

/** A shape that cannot be copied cannot be for each of its rows: the finding is remembered. */
function preparedOrRefused(prepare: () => MirrorTable): MirrorTable | CounterfoilError {
  try {
    return prepare();
  } catch (error) {
    if (error instanceof CounterfoilError) return error;
    throw error;
  }
}

interface FoundRules {
  readonly policy: TablePolicy;
  readonly columns: ColumnRules;
}

function ruleFinder(tables: readonly TableRule[], policy: TablePolicy): (source: TableId) => FoundRules {
  const rules = tables.map((rule) => ({ rule, matches: tableMatcher(rule.match, []) }));
  const found = new Map<string, FoundRules>();
  return (source) => {
    const label = tableLabel(source);
    let known = found.get(label);
    if (known === undefined) {
      known = combined(
        rules.filter(({ matches }) => matches(source)).map(({ rule }) => rule),
        policy,
      );
      found.set(label, known);
    }
    return known;
  };
}

function combined(rules: readonly TableRule[], policy: TablePolicy): FoundRules {
  const last = <T>(of: (rule: TableRule) => T | undefined): T | undefined =>
    rules.reduce<T | undefined>((said, rule) => of(rule) ?? said, undefined);
  return {
    policy: {
      delete: last((rule) => rule.delete) ?? policy.delete,
      truncate: last((rule) => rule.truncate) ?? policy.truncate,
    },
    columns: {
      include: last((rule) => rule.include),
      exclude: last((rule) => rule.exclude) ?? [],
      masks: rules.flatMap((rule) => rule.masks ?? []),
    },
  };
}

/** Pairs of source tables that a renaming takes to one target table; each names both and the target. */
export function findTargetCollisions(
  sources: readonly TableId[],
  targetOf: (source: TableId) => TableId,
): readonly string[] {
  const claimed = new Map<string, string>();
  return sources.flatMap((source) => {
    const collision = collisionOf(claimed, source, targetOf(source));
    return collision === null ? [] : [collision];
  });
}

function collisionOf(claimed: Map<string, string>, source: TableId, target: TableId): string | null {
  const label = tableLabel(target);
  const owner = claimed.get(label) ?? tableLabel(source);
  claimed.set(label, owner);
  return owner === tableLabel(source) ? null : `${owner} and ${tableLabel(source)} would both go to ${label}`;
}

function refuseCollision(claimed: Map<string, string>, source: TableId, target: TableId): void {
  const collision = collisionOf(claimed, source, target);
  if (collision === null) return;
  throw new CounterfoilError('CONFIGURATION_INVALID', collision, {
    remedy: 'Rename one of them in the route, or exclude it.',
  });
}
