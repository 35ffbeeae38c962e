import { generateKeyPairSync } from 'node:crypto';
import type { AuditReport } from '../../monitoring/audit/report.ts';
import { freshMirror } from '../support/fresh-mirror.ts';
import type { FreshMirror } from '../support/fresh-mirror.ts';
import { Pipeline } from '../support/pipeline.ts';
import { Repairs } from '../support/repairs.ts';

// Each test goes on from the one before.
const PATIENCE_MS = 600_000;

describe.each(['mariadb', 'postgresql'] as const)('repairs of what came from %s', (from) => {
  let mirror: FreshMirror;
  let route: string;
  /** Of the target, for SQL. */
  let payment: string;
  let repairs: Repairs;

  beforeAll(async () => {
    mirror = await freshMirror(from, [
      'CREATE TABLE payment (id int PRIMARY KEY, payee varchar(50), amount decimal(12,2) NOT NULL)',
      `INSERT INTO payment VALUES ${Array.from({ length: 30 }, (_, n) => `(${n + 1}, 'p${n + 1}', ${n}.50)`).join(', ')}`,
    ]);
    const { privateKey } = generateKeyPairSync('ed25519');
    const config = mirror.configure((settings) => {
      settings['journal'] = {
        signingKey: privateKey.export({ type: 'pkcs8', format: 'pem' }),
        topic: `${mirror.name}.anchors`,
        auditSeconds: 0,
      };
    });
    route = config.routes[0]!.name;
    repairs = new Repairs(mirror.configFile, route);
    await mirror.start();
    await mirror.expectMatch();
    const { tables } = await mirror.check(120);
    payment = tables.find(({ table }) => table.endsWith('.payment'))!.table;
  }, PATIENCE_MS);

  afterAll(async () => {
    await mirror.stop();
    await mirror.close();
  }, PATIENCE_MS);

  const target = (sql: string) => mirror.target.query(sql.replaceAll('payment', payment));
  const inTarget = async (ids: string) =>
    (await target(`SELECT id, payee FROM payment WHERE id IN (${ids}) ORDER BY id`)).map(({ id, payee }) => [
      Number(id),
      payee,
    ]);
  /** A lost insert, an altered row, and a lost delete. */
  async function damage() {
    await target('DELETE FROM payment WHERE id = 1');
    await target("UPDATE payment SET payee = 'forged' WHERE id = 3");
    await target(
      "INSERT INTO payment (id, payee, amount, cf_version) SELECT 900, 'ghost', amount, cf_version FROM payment WHERE id = 2",
    );
  }
  const DAMAGED = [
    [3, 'forged'],
    [900, 'ghost'],
  ];
  const SOUND = [
    [1, 'p1'],
    [3, 'p3'],
  ];

  let turn = 0;

  /** The office goes on meanwhile, in rows of the same table. */
  async function whileLive<T>(work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const office = (async () => {
      for (; !over.signal.aborted; turn += 1) {
        await mirror.source.query(`UPDATE payment SET amount = amount + 1 WHERE id BETWEEN 20 AND 30`);
        await mirror.source.query(`INSERT INTO payment VALUES (${1_000 + turn}, 'live', 1)`);
        await mirror.source.query(`DELETE FROM payment WHERE id = ${1_000 + turn - 1}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    })();
    try {
      return await work();
    } finally {
      over.abort();
      await office;
    }
  }

  let first: string;

  test(
    'a plan names every row that differs and what would be done, and changes none',
    async () => {
      expect(await repairs.plan()).toMatchObject({ exitCode: 0, repair: null });
      await damage();
      const { exitCode, repair } = await whileLive(() => repairs.plan('--reason', 'found by the auditors'));
      expect(exitCode).toBe(1);
      expect(repair).toMatchObject({
        state: 'planned',
        reason: 'found by the auditors',
      });
      const rows = repair!.rows.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
      expect(rows).toMatchObject([
        {
          key: '["3"]',
          kind: 'different',
          columns: ['payee'],
          action: 'read-again',
          state: 'planned',
        },
        { key: '["900"]', kind: 'extra', action: 'delete', state: 'planned' },
        {
          key: '["1"]',
          kind: 'missing',
          action: 'read-again',
          state: 'planned',
        },
      ]);
      expect(await inTarget('1, 3, 900')).toEqual(DAMAGED);
      first = repair!.id;
    },
    PATIENCE_MS,
  );

  test(
    'it is applied under live writes, killed at every point on the way and given again, and verified',
    async () => {
      await whileLive(async () => {
        for (const point of ['repair:kept', 'repair:read', 'repair:deleted', 'repair:applied'])
          expect({
            point,
            ...(await repairs.act('apply', first, point)),
          }).toMatchObject({
            point,
            signal: 'SIGKILL',
          });
        const { exitCode, repair, stderr } = await repairs.act('apply', first);
        expect({ stderr, exitCode, repair }).toMatchObject({
          ...{
            exitCode: 0,
            repair: { state: 'verified', explanation: null },
          },
        });
        expect(repair!.rows.map(({ state }) => state)).toEqual(['written', 'written', 'written']);
      });
      expect(await inTarget('1, 3, 900')).toEqual(SOUND);
      await mirror.expectMatch();
      // Once more does nothing.
      expect(await repairs.act('apply', first)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('it is over') as string,
      });
      const images = await mirror.target.query(
        `SELECT image FROM ${mirror.name}_own.repair_row WHERE id = '${first}' AND image IS NOT NULL`,
      );
      expect(images.map(({ image }) => String(image)).join()).toMatch(/forged.*ghost|ghost.*forged/);
      expect(repairs.said.join()).not.toMatch(/forged|ghost/);
    },
    PATIENCE_MS,
  );

  test(
    'it is undone, killed on the way and given again: the rows are what they were before',
    async () => {
      await whileLive(async () => {
        expect(await repairs.act('undo', first, 'repair:restored')).toMatchObject({
          signal: 'SIGKILL',
        });
        expect(await repairs.act('undo', first)).toMatchObject({
          exitCode: 0,
          repair: { state: 'undone' },
        });
      });
      expect(await inTarget('1, 3, 900')).toEqual(DAMAGED);
      expect(await mirror.check(120)).toMatchObject({
        tables: expect.arrayContaining([
          expect.objectContaining({
            table: payment,
            missing: 1,
            extra: 1,
            different: 1,
          }),
        ]) as unknown,
      });
      expect(repairs.said.join()).not.toMatch(/forged|ghost/);
    },
    PATIENCE_MS,
  );

  test(
    'what has changed since it was planned is left alone and said; the office always wins',
    async () => {
      const { repair } = await repairs.plan('--table', payment);
      await mirror.source.query("UPDATE payment SET payee = 'by the office' WHERE id = 3");
      await mirror.source.query("INSERT INTO payment VALUES (900, 'of the office', 9)");
      const waiting = async () => JSON.stringify(await inTarget('3, 900'));
      while (!/by the office.*of the office/.test(await waiting()))
        await new Promise((resolve) => setTimeout(resolve, 100));
      const applied = await repairs.act('apply', repair!.id);
      expect(applied).toMatchObject({
        exitCode: 0,
        repair: {
          state: 'verified',
          explanation: '2 rows were left alone, and 0 of them differ',
        },
      });
      expect(applied.repair!.rows.map(({ key, state }) => [key, state])).toEqual(
        expect.arrayContaining([
          ['["1"]', 'written'],
          ['["3"]', 'left'],
          ['["900"]', 'left'],
        ]),
      );
      // What the repair has written, the office changes: there is nothing left to undo.
      await mirror.source.query("UPDATE payment SET payee = 'later' WHERE id = 1");
      await mirror.expectMatch();
      expect(await repairs.act('undo', repair!.id)).toMatchObject({
        ...{
          exitCode: 1,
          repair: {
            state: 'undone',
            explanation: '1 rows have changed since the repair, and stay',
          },
        },
      });
      expect(await inTarget('1')).toEqual([[1, 'later']]);
    },
    PATIENCE_MS,
  );

  test(
    'a deleted row stays away when its old records are read again, and comes back with a new one',
    async () => {
      await mirror.source.query('DELETE FROM payment WHERE id = 900');
      await mirror.expectMatch();
      await damage();
      const { repair } = await repairs.plan();
      expect(await repairs.act('apply', repair!.id)).toMatchObject({ exitCode: 0 });
      const replay = await repairs.command(['replay', route, '--from', 'beginning', '--yes']);
      expect(replay).toMatchObject({
        exitCode: 0,
        stdout: expect.stringContaining('done') as string,
      });
      await mirror.expectMatch();
      await mirror.source.query("INSERT INTO payment VALUES (900, 'new', 9)");
      await mirror.expectMatch();
      expect(await inTarget('900')).toEqual([[900, 'new']]);
    },
    PATIENCE_MS,
  );

  test(
    'what cannot be repaired so is refused, and leaves no plan',
    async () => {
      await target("UPDATE payment SET payee = 'forged' WHERE id IN (4, 5, 6)");
      const ids = async () => (await repairs.command(['repair', 'list', '--json'])).stdout;
      const before = await ids();
      for (const [args, reason] of [
        [['--limit', '2'], '3 rows of .* differ'],
        [['--table', 'no.where'], 'no table named no.where'],
      ] as const)
        expect(await repairs.plan(...args)).toMatchObject({
          exitCode: 3,
          stderr: expect.stringMatching(reason) as string,
        });
      expect(await ids()).toBe(before);
    },
    PATIENCE_MS,
  );

  test(
    'with four eyes it is applied when somebody else has approved it',
    async () => {
      mirror.configure((settings) => {
        settings['repair'] = { approval: 'required' };
      });
      const { repair } = await repairs.plan();
      const { id } = repair!;
      expect(await repairs.act('apply', id)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('not approved') as string,
      });
      expect(await repairs.act('approve', id)).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining('somebody else') as string,
      });
      await mirror.target.query(`UPDATE ${mirror.name}_own.repair SET planned_by = 'li' WHERE id = '${id}'`);
      expect(await repairs.act('approve', id)).toMatchObject({
        exitCode: 0,
        repair: { state: 'approved' },
      });
      expect(await repairs.act('apply', id)).toMatchObject({
        exitCode: 0,
        repair: { state: 'verified' },
      });
    },
    PATIENCE_MS,
  );

  test(
    'the journal tells of all that was written, and of nothing else',
    async () => {
      await Pipeline.killAll();
      const { stdout } = await repairs.command(['audit', 'verify', '--json']);
      const [report] = JSON.parse(stdout) as AuditReport[];
      expect(report!.tables.find(({ table }) => table === payment)).toMatchObject({
        ...{ altered: 0, removed: 0, added: 0 },
      });
    },
    PATIENCE_MS,
  );
});
