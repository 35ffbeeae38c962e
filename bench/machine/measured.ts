import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

const FOLDER = '.counterfoil/measured';

/** What was measured on, and what else it had to do just now. */
export function machineText(): string {
  const load = loadavg().map((each) => each.toFixed(1));
  return `${cpus().length} × ${cpus()[0]?.model ?? '?'}; Node ${process.version}; load at the end ${load.join(' ')}`;
}

/** Keeps what was measured, as values and as the page that is shown. */
export function keepMeasured(name: string, values: unknown, page: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/${name}.json`, `${JSON.stringify(values, null, 2)}\n`);
  writeFileSync(`${FOLDER}/${name}.md`, `${page}\n`);
  process.stdout.write(`\n${page}\n`);
}
