import { parseArgs } from 'node:util';
import type { System } from '../../test/integration/types/mirrors.ts';

export interface Wanted {
  readonly scale: number;
  readonly rounds: number;
  readonly partitions: number;
  readonly only: readonly string[];
  readonly into: readonly System[];
  readonly tasks: readonly number[];
  readonly profile: boolean;
}

export const USAGE = `npm run bench -- [options]

This product and Debezium's JDBC sink on the same topics, into the same databases, in turns. Of each run the second half
counts. What was measured goes to .counterfoil/measured, as Markdown and as JSON.

  --scale <n>       size of everything; 1 (3 million rows of backlog) unless given
  --short           a run of some minutes: --scale 0.1 --rounds 1; its figures flatter whoever starts fast
  --rounds <n>      3 unless given
  --partitions <n>  of each topic; 2 unless given
  --only <names>    workloads, by comma: backlog, mixed, wide, many-tables, hot-row
  --into <names>    postgres, mariadb
  --tasks <numbers> of the JDBC sink: 1,2 unless given
  --profile         processor profiles of this product go to .counterfoil/measured/profiles
  --help`;

/** Null when help is asked for. Throws with what is wrong. */
export function wantedOf(args: readonly string[], workloads: readonly string[]): Wanted | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      scale: { type: 'string' },
      short: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      partitions: { type: 'string', default: '2' },
      only: { type: 'string', default: workloads.join() },
      into: { type: 'string', default: 'postgres,mariadb' },
      tasks: { type: 'string', default: '1,2' },
      profile: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const number = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isFinite(value) && value >= least) return value;
    throw new RangeError(`--${name} must be a number from ${least.toString()}, not ${text}`);
  };
  const among = <T extends string>(name: string, text: string, known: readonly T[]): readonly T[] =>
    text.split(',').map((each) => {
      const found = known.find((one) => one === each);
      if (found === undefined) throw new RangeError(`--${name} knows ${known.join(', ')}, not ${each}`);
      return found;
    });
  return {
    scale: number('scale', values.scale ?? (values.short ? '0.1' : '1'), 0.01),
    rounds: number('rounds', values.rounds ?? (values.short ? '1' : '3'), 1),
    partitions: number('partitions', values.partitions, 1),
    only: among('only', values.only, workloads),
    into: among('into', values.into, ['postgres', 'mariadb']),
    profile: values.profile,
    tasks: values.tasks
      .split(',')
      .filter((each) => each !== '')
      .map((each) => number('tasks', each, 1)),
  };
}
