// `npm run measure:posting`: documents of the demo's office on their way into the books and back, under faults.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { inspect } from 'node:util';
import { bringUp } from '../../app/demo/local-stack.ts';
import { openOffice } from '../support/office.ts';
import { Pipeline } from '../support/pipeline.ts';
import { say } from '../support/timed-say.ts';
import { Codes } from './codes.ts';
import { measure } from './measure.ts';
import { USAGE, wantedOf } from './options.ts';
import type { Wanted } from './options.ts';
import { isSound, pageOf } from './report.ts';
import { withoutOthers } from './ways.ts';

async function main(wanted: Wanted): Promise<void> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      stop.abort(new Error(`told to stop (${signal})`));
    });
  const directory = resolve('.counterfoil/measure');
  await rm(directory, { recursive: true, force: true });
  const { stack } = await bringUp({
    ...{ directory, environment: process.env, mode: 'attached', demoDatabases: true, signal: stop.signal },
    report: (event) => {
      if (event.type === 'part-ready') say(`${event.part} is ready`);
    },
  });
  try {
    const file = join(directory, 'addresses.json');
    await writeFile(file, JSON.stringify({ directory, ...stack.addresses }), { mode: 0o600 });
    process.env['COUNTERFOIL_TEST_STACK'] = file;
    const demo = await openOffice();
    const office = wanted.everything ? demo : await withoutOthers(demo);
    const measured = await measure(office, wanted, await Codes.open(office.dictionary), stop.signal);
    const folder = resolve('.counterfoil/measured');
    const name = join(folder, `posting-${wanted.documents.toString()}-at-${wanted.rate.toString()}`);
    await mkdir(folder, { recursive: true });
    await writeFile(`${name}.json`, `${JSON.stringify(measured, null, 2)}\n`);
    await writeFile(`${name}.md`, `${pageOf(measured)}\n`);
    process.stdout.write(`\n${pageOf(measured)}\n\n`);
    say(`written: ${name}.md and .json`);
    if (!isSound(measured)) process.exitCode = 1;
  } catch (error) {
    // Told before the stack stops, which breaks connections that are still open.
    say(inspect(error));
    process.exitCode = 1;
  } finally {
    await Pipeline.killAll();
    await stack.stop();
  }
}

try {
  const wanted = wantedOf(process.argv.slice(2));
  if (wanted === null) process.stdout.write(`${USAGE}\n`);
  else await main(wanted);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : inspect(error)}\n`);
  process.exitCode = 2;
}
