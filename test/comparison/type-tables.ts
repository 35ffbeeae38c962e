import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { MARIADB_CASES, POSTGRES_CASES } from '../integration/types/cases.ts';
import { SOURCE_SCHEMA } from '../integration/types/mirrors.ts';
import type { Direction, Mirrors, System } from '../integration/types/mirrors.ts';
import type { NativeTable } from '../integration/types/native.ts';
import { arriving, isRefused } from '../integration/types/type-case.ts';
import type { Phase, TypeCase, TypeValue } from '../integration/types/type-case.ts';
import { isSameValue } from './equality.ts';
import { JdbcSink } from './jdbc-sink.ts';
import type { Operators } from './jdbc-sink.ts';
import type { PeerTargets } from './peer-targets.ts';
import { lettersOf } from './letters.ts';
import type { Standing } from './standing.ts';

/** A value, and what two targets show of it. */
export interface ValueOutcome {
  readonly sql: string;
  readonly phase: Phase;
  readonly ours: Shown;
  readonly jdbc: Shown;
}

export interface Shown {
  readonly standing: Standing;
  /** As the target's server shows it; undefined when there is no row. */
  readonly text: string | null | undefined;
}

/** One type on one way. */
export interface TypeOutcome {
  readonly from: System;
  readonly to: System;
  readonly type: string;
  /** The columns that it became; null when no table was made. */
  readonly columns: { readonly ours: string | null; readonly jdbc: string | null };
  readonly values: readonly ValueOutcome[];
  /** Why the sink's task has stopped, each cause once. */
  readonly causes: readonly string[];
}

const CASES: Readonly<Record<System, readonly TypeCase[]>> = {
  mariadb: MARIADB_CASES,
  postgres: POSTGRES_CASES,
};
const FIRST_ID: Readonly<Record<Phase, number>> = { snapshot: 1, stream: 101 };
const TABLES_AT_ONCE = 30;

export async function createTypeTables({ databases, name }: Mirrors): Promise<void> {
  for (const { name: table, type } of MARIADB_CASES)
    await databases.mariadb.query(`CREATE TABLE ${name}.${table} (id INT PRIMARY KEY, v ${type})`);
  for (const { name: table, type } of POSTGRES_CASES)
    await databases.postgres.query(`CREATE TABLE ${SOURCE_SCHEMA}.${table} (id int PRIMARY KEY, v ${type})`);
}

export async function insertTypes({ databases, name }: Mirrors, phase: Phase): Promise<void> {
  for (const system of ['mariadb', 'postgres'] as const)
    for (const each of CASES[system])
      for (const [at, value] of each.values.entries())
        if (isIn(value, phase))
          await databases[system].query(
            `INSERT INTO ${namespaceOf(system, name)}.${each.name} (id, v) VALUES (${FIRST_ID[phase] + at}, ${value.sql})`,
          );
}

const isIn = (value: TypeValue, phase: Phase) => value.onlyIn === undefined || value.onlyIn === phase;

const namespaceOf = (system: System, name: string) => (system === 'mariadb' ? name : SOURCE_SCHEMA);

/** Has the other sink read the topics of all tables, and looks at both targets. */
export async function compareTypes(
  mirrors: Mirrors,
  peer: PeerTargets,
  operators: Operators,
  say: (line: string) => void,
): Promise<readonly TypeOutcome[]> {
  const outcomes = await Promise.all(
    mirrors.directions.flatMap((direction) =>
      portions(CASES[direction.from]).map(async (cases, at) => {
        const { from, to } = direction;
        const sink = new JdbcSink(
          {
            ...{ name: `${mirrors.name}-${from}-${to}-types-${at}`.replaceAll('_', '-'), to },
            ...{ topics: cases.map((each) => topicOf(mirrors, from, each)), database: peer.name(from) },
          },
          operators,
        );
        await sink.start();
        await sink.settle();
        await sink.remove();
        say(`types: ${from} to ${to}, ${cases.length} read`);
        const found: TypeOutcome[] = [];
        for (const each of cases) found.push(await outcomeOf(mirrors, peer, sink, direction, each));
        return found;
      }),
    ),
  );
  return outcomes.flat();
}

/** A connector's share: a task that stops at one table keeps others waiting. */
function portions(cases: readonly TypeCase[]): readonly (readonly TypeCase[])[] {
  return Array.from({ length: Math.ceil(cases.length / TABLES_AT_ONCE) }, (_, at) =>
    cases.slice(at * TABLES_AT_ONCE, (at + 1) * TABLES_AT_ONCE),
  );
}

const topicOf = (mirrors: Mirrors, from: System, { name }: TypeCase) =>
  topicNameOf(mirrors.sourceOf(from), { namespace: namespaceOf(from, mirrors.name), name });

async function outcomeOf(
  mirrors: Mirrors,
  peer: PeerTargets,
  sink: JdbcSink,
  { from, to, namespace, route }: Direction,
  each: TypeCase,
): Promise<TypeOutcome> {
  const topic = topicOf(mirrors, from, each);
  const stops = sink.stopsAt([topic]);
  const source = await mirrors.databases[from].table(namespaceOf(from, mirrors.name), each.name);
  const ours = await mirrors.databases[to].table(namespace, each.name);
  const jdbc = await peer.database(from, to).table(peer.namespace(from, to), each.name);
  const letters = await lettersOf(mirrors, to, route, topic);
  const values = each.values.flatMap((value, at) =>
    (['snapshot', 'stream'] as const).flatMap((phase): readonly ValueOutcome[] => {
      if (!isIn(value, phase)) return [];
      const judge = (table: NativeTable | null, isSaid: boolean) =>
        standingOf({ each, value, phase, to, id: FIRST_ID[phase] + at, source, table, isSaid });
      return [
        { sql: value.sql, phase, ours: judge(ours, letters.open > 0), jdbc: judge(jdbc, stops.length > 0) },
      ];
    }),
  );
  const columns = { ours: ours?.type ?? null, jdbc: jdbc?.type ?? null };
  return {
    from,
    to,
    type: each.type,
    columns,
    values,
    causes: [...new Set(stops.map(({ cause }) => cause))],
  };
}

interface Case {
  readonly each: TypeCase;
  readonly value: TypeValue;
  readonly phase: Phase;
  readonly to: System;
  readonly id: number;
  readonly source: NativeTable | null;
  readonly table: NativeTable | null;
  /** Whether the sink has said of any row of the table that it is not there. */
  readonly isSaid: boolean;
}

function standingOf({ each, value, phase, to, id, source, table, isSaid }: Case): Shown {
  const text = table?.rows.get(id);
  if (text === undefined) return { standing: isSaid ? 'refused' : 'lost', text };
  const right = [value.exact.postgres, value.exact.mariadb, source?.rows.get(id)].filter(
    (text): text is string | null => text !== undefined && !isRefused(text),
  );
  if (right.some((expected) => isSameValue(text, expected, each.type))) return { standing: 'exact', text };
  const arrives = arriving(value, phase)[to];
  const wasLost = isRefused(arrives) ? arrives.refused !== 'ROW_REJECTED' : arrives !== value.exact[to];
  return { standing: wasLost ? 'lost upstream' : 'altered', text };
}
