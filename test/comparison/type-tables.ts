import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { MARIADB_CASES, POSTGRES_CASES } from '../integration/types/cases.ts';
import { SOURCE_SCHEMA } from '../integration/types/mirrors.ts';
import type { Direction, Mirrors, System } from '../integration/types/mirrors.ts';
import type { NativeTable } from '../integration/types/native.ts';
import { arriving, isRefused } from '../integration/types/type-case.ts';
import type { Phase, TypeCase, TypeValue } from '../integration/types/type-case.ts';
import { alongside } from './alongside.ts';
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
const AT_ONCE = 12;

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

/** Has the other sink read every table's topic, each in a connector of its own, and looks at both targets. */
export async function compareTypes(
  mirrors: Mirrors,
  peer: PeerTargets,
  operators: Operators,
  say: (line: string) => void,
): Promise<readonly TypeOutcome[]> {
  const outcomes: TypeOutcome[] = [];
  const work = mirrors.directions.flatMap((direction) =>
    CASES[direction.from].map((each) => ({ direction, each })),
  );
  await alongside(work, AT_ONCE, async ({ direction, each }) => {
    outcomes.push(await compareType(mirrors, peer, operators, direction, each));
    if (outcomes.length % 25 === 0) say(`types: ${outcomes.length} of ${work.length}`);
  });
  const order = new Map(
    work.map(({ direction, each }, at) => [`${direction.from} ${direction.to} ${each.type}`, at]),
  );
  const place = ({ from, to, type }: TypeOutcome) => order.get(`${from} ${to} ${type}`) ?? 0;
  return outcomes.sort((a, b) => place(a) - place(b));
}

async function compareType(
  mirrors: Mirrors,
  peer: PeerTargets,
  operators: Operators,
  direction: Direction,
  each: TypeCase,
): Promise<TypeOutcome> {
  const { from, to, namespace, route } = direction;
  const id = { namespace: namespaceOf(from, mirrors.name), name: each.name };
  const topic = topicNameOf(mirrors.sourceName(from), id);
  const sink = new JdbcSink(
    {
      ...{ name: `${mirrors.name}-${from}-${to}-${each.name}`.replaceAll('_', '-'), topics: [topic], to },
      database: peer.name(from),
    },
    operators,
  );
  await sink.start();
  await sink.settle();
  await sink.remove();
  const source = await mirrors.databases[from].table(id.namespace, id.name);
  const ours = await mirrors.databases[to].table(namespace, each.name);
  const jdbc = await peer.database(from, to).table(peer.namespace(from, to), each.name);
  const letters = await lettersOf(mirrors, to, route, topic);
  const values = each.values.flatMap((value, at) =>
    (['snapshot', 'stream'] as const).flatMap((phase): readonly ValueOutcome[] => {
      if (!isIn(value, phase)) return [];
      const judge = (table: NativeTable | null, isSaid: boolean) =>
        standingOf({ each, value, phase, to, id: FIRST_ID[phase] + at, source, table, isSaid });
      return [
        { sql: value.sql, phase, ours: judge(ours, letters.open > 0), jdbc: judge(jdbc, sink.skipped > 0) },
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
    causes: [...new Set(sink.stops.map(({ cause }) => cause))],
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
