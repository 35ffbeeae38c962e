// `npm run measure:check-load`: how much a check slows those down who write to the source meanwhile, by what share of the
// time it may read. One writer commits as fast as it can, in turns with and without a check beside it.
import { setTimeout as sleep } from 'node:timers/promises';
import { testStack } from '../../test/support/stack-file.ts';
import { counterfoil } from './contender.ts';
import type { FreshMirror } from '../../test/support/fresh-mirror.ts';
import { median } from '../machine/median.ts';
import { onClaims, ROWS } from './stage.ts';

const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const SECONDS = 10;
const SHARES = [100, 25, 10, 5];

await onClaims(async (mirror) => {
  const lines = ['| share of the time | commits/s without | with | slower |', '| --- | --- | --- | --- |'];
  for (const share of SHARES) {
    const runs: { readonly alone: number; readonly beside: number }[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const alone = await commitsPerSecond(mirror);
      runs.push({ alone, beside: await beside(mirror, share) });
    }
    const slower = median(runs.map((run) => 1 - run.beside / run.alone)) * 100;
    const of = (which: 'alone' | 'beside') => median(runs.map((run) => run[which])).toFixed(0);
    lines.push(`| ${share.toString()} % | ${of('alone')} | ${of('beside')} | ${slower.toFixed(1)} % |`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
});

/** While checks run one after the other. */
async function beside(mirror: FreshMirror, share: number): Promise<number> {
  const { mariadb, postgres } = testStack();
  const check = counterfoil(mirror, ['--time-share', share.toString()]);
  const enough = new AbortController();
  const checks = (async () => {
    while (!enough.signal.aborted) await check.run({ mariadb: mariadb.port, postgres: postgres.port });
  })();
  // Until it has started and reads.
  await sleep(3_000);
  const commits = await commitsPerSecond(mirror);
  enough.abort();
  await checks;
  return commits;
}

async function commitsPerSecond({ source }: FreshMirror): Promise<number> {
  const until = performance.now() + SECONDS * 1_000;
  let commits = 0;
  while (performance.now() < until) {
    const id = 9_007_199_254_740_994n + BigInt(Math.floor(Math.random() * ROWS));
    await source.query(`UPDATE claim SET status = (status + 1) % 6 WHERE id = ${id.toString()}`);
    commits += 1;
  }
  return commits / SECONDS;
}
