import { execa } from 'execa';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';

/** What a command of the built product has said, and when. */
export interface Said<T> {
  readonly report: T;
  readonly exitCode: number;
  readonly seconds: number;
  /** On the clock of performance.now(). */
  readonly at: number;
}

/** Runs a command of the built product in a process of its own. Throws when it says nothing. */
export async function run<T>({ configFile }: FreshMirror, ...args: string[]): Promise<Said<T>> {
  const began = performance.now();
  const { exitCode, stdout, stderr } = await execa(
    process.execPath,
    ['dist/app/main.js', '-c', configFile, '--json', ...args],
    { reject: false, env: { NODE_OPTIONS: '' } },
  );
  const at = performance.now();
  if (stdout === '' || exitCode === undefined)
    throw new Error(`counterfoil ${args.join(' ')} has said nothing: ${stderr}`);
  const [report] = JSON.parse(stdout) as T[];
  if (report === undefined) throw new Error(`counterfoil ${args.join(' ')} has reported of nothing`);
  return { report, exitCode, seconds: (at - began) / 1_000, at };
}
