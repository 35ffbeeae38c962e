import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { testStack } from '../../test/support/stack-file.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';

/** Where the databases are asked: at themselves, or at what counts the bytes before them. */
export interface Ports {
  readonly mariadb: number;
  readonly postgres: number;
}

/** A program that compares the two tables. */
export interface Contender {
  readonly name: string;
  /** Rows that it finds to differ, by name of the kind. */
  run(ports: Ports): Promise<Run>;
}

export interface Run {
  readonly differences: number;
  readonly wallSeconds: number;
  /** Of the program, with all it starts. */
  readonly clientSeconds: number;
  /** Of the wall time, spent waiting until the stream had passed a fence. */
  readonly fenceSeconds: number;
}

interface CheckJson {
  readonly fence: { readonly waitedSeconds: number };
  readonly tables: readonly {
    missing: number;
    extra: number;
    different: number;
    table: string;
    verdict: string;
  }[];
}

/** `counterfoil check` as it is built into `dist/`. */
export function counterfoil(mirror: FreshMirror, flags: readonly string[] = []): Contender {
  return {
    name: 'counterfoil',
    async run(ports) {
      const { sourceName, targetName } = mirror.plan;
      mirror.configure(({ sources, targets }) => {
        Object.assign(sources[sourceName] ?? {}, { port: ports.mariadb });
        Object.assign(targets[targetName] ?? {}, { port: ports.postgres });
      });
      const table = `${mirror.plan.namespace}.claim`;
      const command = ['dist/app/main.js', '-c', mirror.configFile, '--json', 'check', '-t', table, ...flags];
      const { output, ...times } = await timed(process.execPath, command);
      const [report] = JSON.parse(output) as readonly CheckJson[];
      const found = report?.tables.find((each) => each.table === table);
      if (report === undefined || found === undefined || found.verdict === 'inconclusive')
        throw new Error(`no verdict on ${table}: ${output}`);
      return {
        ...times,
        differences: found.missing + found.extra + found.different,
        fenceSeconds: report.fence.waitedSeconds,
      };
    },
  };
}

/** The program of that name, with what it does by itself: one connection to each side. */
export function reladiff(mirror: FreshMirror, program: string): Contender {
  const { mariadb, postgres } = testStack();
  const columns = COMPARED.flatMap((name) => ['-c', name]);
  return {
    name: 'reladiff',
    async run(ports) {
      const source = `mysql://${mariadb.user}:${mariadb.password}@127.0.0.1:${ports.mariadb.toString()}/${mirror.name}`;
      const target = `postgresql://${postgres.user}:${postgres.password}@127.0.0.1:${ports.postgres.toString()}/${mirror.name}`;
      const tables = [source, 'claim', target, `${mirror.plan.namespace}.claim`];
      const { output, ...times } = await timed(program, [...tables, '-k', 'id', ...columns, '--json']);
      // A row that differs is told as one that goes and one that comes.
      const differences = output.split('\n').filter((line) => line.startsWith('["-"')).length;
      return { ...times, differences, fenceSeconds: 0 };
    },
  };
}

const COMPARED = [
  ...['claim_no', 'applicant_id', 'department_id', 'kind', 'amount', 'tax', 'currency', 'remark'],
  ...['submitted_on', 'approved_at', 'status'],
];

async function timed(
  command: string,
  args: readonly string[],
): Promise<{ output: string; wallSeconds: number; clientSeconds: number }> {
  const began = performance.now();
  // The shell tells the processor time of what it has waited for, in its last line.
  const script = 'TIMEFORMAT="%U %S"; time "$0" "$@"';
  const child = spawn('bash', ['-c', script, command, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  const wallSeconds = (performance.now() - began) / 1_000;
  const times = errors.trimEnd().split('\n').pop()?.split(' ').map(Number) ?? [];
  const [user = NaN, system = NaN] = times;
  if (Number.isNaN(user + system)) throw new Error(`${command} did not end as it should: ${errors}`);
  return { output, wallSeconds, clientSeconds: user + system };
}
