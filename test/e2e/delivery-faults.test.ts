import { mkdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { bringUp } from '../../app/demo/local-stack.ts';
import { removeStack } from '../../stack/commands.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import { PART_NAMES } from '../../stack/stack-types.ts';
import { openMirrors } from '../integration/types/mirrors.ts';
import type { Mirrors } from '../integration/types/mirrors.ts';
import { counterfoil, Pipeline } from '../support/pipeline.ts';
import { uniqueName } from '../support/stack-file.ts';
import { AuditedTable } from './faults/audited-table.ts';

// One story on a stack of its own, for its parts are killed. Rows go on being written at both sources while each fault
// happens. After it both copies of each source hold the same rows, and had as many effects as there were changes.
// On request, for they take minutes: COUNTERFOIL_TEST_FAULTS=1.
const PATIENCE_MS = 600_000;
const story = process.env['COUNTERFOIL_TEST_FAULTS'] === '1' ? describe : describe.skip;
const ROWS = 150;
const directory = resolve('.counterfoil/faults');

story('failures in the middle of batches', () => {
  let stack: RunningStack;
  let mirrors: Mirrors;
  let table: AuditedTable;

  beforeAll(async () => {
    mkdirSync(directory, { recursive: true });
    // Durable: what a server has answered to is there after its kill.
    const options = { directory, environment: process.env, mode: 'attached' } as const;
    ({ stack } = await bringUp({ ...options, demoDatabases: false, report: () => undefined }));
    const file = resolve(directory, 'addresses.json');
    writeFileSync(file, JSON.stringify({ directory, ...stack.addresses }), { mode: 0o600 });
    process.env['COUNTERFOIL_TEST_STACK'] = file;

    mirrors = await openMirrors(uniqueName('faults'), {
      // As short as brokers allow, and shorter than batches take with what the triggers of the copies do.
      consumer: { sessionTimeoutMs: 6_000, rebalanceTimeoutMs: 1_000 },
    });
    table = new AuditedTable(mirrors);
    await table.create();
    await mirrors.start();
    await table.audit();
    await table.insert(100);
    await table.arrived();
  }, PATIENCE_MS);

  afterAll(async () => {
    await Pipeline.killAll();
    await stack.stop();
    await removeStack(directory);
  }, PATIENCE_MS);

  async function joined(): Promise<Pipeline> {
    const pipeline = new Pipeline(mirrors.configFile);
    await pipeline.untilReadiness(({ status }) => status === 200);
    return pipeline;
  }

  test(
    'members join, leave and are killed while batches take longer than the group waits',
    async () => {
      await table.delete(10);
      const writing = table.insert(2 * ROWS);
      for (const signal of ['SIGTERM', 'SIGKILL'] as const) await (await joined()).kill(signal);
      await writing;
      await table.expectOnce();
    },
    PATIENCE_MS,
  );

  test(
    'a process that stands still while another takes over, and then goes on as if it owned its partitions',
    async () => {
      await table.delete(10);
      const frozen = mirrors.pipeline();
      const writing = table.insert(ROWS);
      frozen.signal('SIGSTOP');
      const other = await joined();
      await writing;
      await table.arrived();
      const more = table.insert(20);
      frozen.signal('SIGCONT');
      await more;
      await table.expectOnce();
      await other.kill('SIGTERM');
      await table.insert(5);
      await table.expectOnce();
    },
    PATIENCE_MS,
  );

  test.each(PART_NAMES)(
    '%s is killed in the middle of batches, and comes back',
    async (part) => {
      await table.delete(5);
      const writing = table.insert(ROWS);
      await stack.killPart(part);
      await stack.restartPart(part);
      await writing;
      await table.expectOnce();
    },
    PATIENCE_MS,
  );

  test(
    'all records are read again from the beginning',
    async () => {
      for (const { route } of mirrors.directions) {
        const order = ['replay', route, '--from', 'beginning', '--yes', '--config', mirrors.configFile];
        expect(await counterfoil(...order)).toMatchObject({ exitCode: 0 });
      }
      await table.insert(5);
      await table.expectOnce();
    },
    PATIENCE_MS,
  );
});
