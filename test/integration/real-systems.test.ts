import { join } from 'node:path';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { Activity } from './real/activity.ts';
import { differences } from './real/comparison.ts';
import { loadDump, loadMariadb, scriptOf, statementsOfBinlog, transactionsOf } from './real/scripts.ts';
import { sharedFolder } from './types/loading.ts';
import { tablesOf } from './types/made-tables.ts';
import { openMirrors, SOURCE_SCHEMA } from './types/mirrors.ts';
import type { Mirrors, System } from './types/mirrors.ts';
import { openNativeMariadb } from './types/native.ts';
import type { NativeDatabase } from './types/native.ts';

// Whole databases of OA and finance systems, made by others, mirrored by configuration alone: the capture starts while
// they are written to, and what was recorded of them is played on top.
const PATIENCE_MS = 1_200_000;
const folder = sharedFolder();
const story = folder === null ? describe.skip : describe;

const ENGINE = [
  'engine',
  'case.engine',
  'decision.engine',
  'history',
  'case.history',
  'decision.history',
  'identity',
];
const OFFICES: Readonly<Record<string, readonly string[]>> = {
  gouguoa: ['gouguoa_6.0.1.sql.gz'],
  yudao: ['yudao_2023-01-31.sql.gz'],
  jsh_erp: ['jsh_erp.sql.gz'],
  ecology: ['weaver_ecology_subset.sql'],
  camunda: ENGINE.map((part) => `camunda-7.21.0-ddl/activiti.mariadb.create.${part}.sql`),
};

/** The recorded stream names its database itself. */
const RECORDED = 'flowable';

story('systems of others', () => {
  let mirrors: Mirrors;
  let writer: NativeDatabase;
  let offices: readonly string[];

  beforeAll(async () => {
    const name = uniqueName('real').slice(0, 14);
    offices = Object.keys(OFFICES).map((office) => `${name}_${office}`);
    mirrors = await openMirrors(name, { extraDatabases: [...offices, RECORDED], apart: true });
    writer = await openNativeMariadb(testStack());
    await writer.query(`DROP DATABASE IF EXISTS ${RECORDED}`);
    for (const [office, files] of Object.entries(OFFICES))
      await loadMariadb(
        writer,
        `${name}_${office}`,
        files.map((file) => join(folder ?? '', 'oa_mariadb', file)),
      );
    await loadDump(mirrors.databases.postgres, join(folder ?? '', 'streams/tryton_7.0.base.sql.gz'));
    // As `doctor` asks for it: without it PostgreSQL refuses changes of captured tables without a key.
    for (const { t } of await mirrors.databases.postgres.query(
      `SELECT oid::regclass::text AS t FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
       AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)`,
    ))
      await mirrors.databases.postgres.query(`ALTER TABLE ${String(t)} REPLICA IDENTITY FULL`);
    const activity = await Activity.on(writer, offices, 7);
    const capturing = new AbortController();
    const writing = activity.until(capturing.signal);
    await mirrors.start();
    capturing.abort();
    const recorded = statementsOfBinlog(scriptOf(join(folder ?? '', 'streams/flowable_6.8.1.stream.sql.xz')));
    const stream = transactionsOf(scriptOf(join(folder ?? '', 'streams/tryton_7.0.stream_seed77.sql.gz')));
    await writing;
    for (const statement of recorded) await writer.query(statement);
    for (const transaction of stream) await mirrors.databases.postgres.query(transaction);
    expect(activity.done).toBeGreaterThan(1_000);
  }, PATIENCE_MS);

  afterAll(async () => {
    await writer.query(`DROP DATABASE IF EXISTS ${RECORDED}`);
    await writer.close();
    await mirrors.close();
  }, PATIENCE_MS);

  test.each([0, 1, 2, 3])(
    'every table is equal, by the check and as both servers show it (%i)',
    async (at) => {
      const direction = mirrors.directions[at]!;
      const report = await mirrors.check(direction.route, 900);
      const namespaces: Record<System, readonly string[]> = {
        mariadb: [...offices, RECORDED],
        postgres: ['public', SOURCE_SCHEMA],
      };
      const tables = await tablesOf(
        mirrors.databases[direction.from],
        direction.from,
        `^(${namespaces[direction.from].join('|')})$`,
      );
      const lines = await differences(mirrors, direction, tables);
      expect({
        verdict: report.verdict,
        reason: report.reason,
        off: report.tables.filter(({ verdict }) => verdict !== 'match'),
        lines,
      }).toEqual({ verdict: 'match', reason: null, off: [], lines: [] });
      expect(report.tables.length).toBeGreaterThan(50);
    },
    PATIENCE_MS,
  );
});
