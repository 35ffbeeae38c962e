import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { stackReporter } from '../../app/demo/stack-reporter.ts';
import { bringUp } from '../../app/demo/local-stack.ts';

/** Starts the stack that all tests of a run share; each test uses databases, topics and connectors of its own names. */
export async function startTestStack(
  say: (line: string) => void,
): Promise<{ file: string; stop(): Promise<void> }> {
  const directory = resolve('.counterfoil/test');
  mkdirSync(directory, { recursive: true });
  const { stack } = await bringUp({
    directory,
    environment: process.env,
    mode: 'attached',
    durable: false,
    demoDatabases: true,
    report: stackReporter(say),
  });
  const file = resolve(directory, 'addresses.json');
  writeFileSync(file, JSON.stringify({ directory, ...stack.addresses }), { mode: 0o600 });
  return { file, stop: () => stack.stop() };
}
