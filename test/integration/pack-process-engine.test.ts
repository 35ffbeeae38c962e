import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { runExample } from '../support/example-stack.ts';
import type { RunningExample } from '../support/example-stack.ts';
import { uniqueName } from '../support/stack-file.ts';
import { playedInto } from './real/recorded.ts';
import { scriptOf, statementsOf, statementsOfBinlog } from './real/scripts.ts';
import { sharedFolder } from './types/loading.ts';

// What Flowable wrote while 80 processes ran, played through the example of the pack; and Camunda beside it, in its own
// tables, with rows as its engine writes them.
const PATIENCE_MS = 600_000;
const folder = sharedFolder();
const story = folder === null ? describe.skip : describe;
const shared = (file: string) => join(folder ?? '', file);

const CAMUNDA = [
  'engine',
  'case.engine',
  'decision.engine',
  'history',
  'case.history',
  'decision.history',
  'identity',
];
const HEARTBEAT =
  'counterfoil_heartbeat (id INT PRIMARY KEY, beat TIMESTAMP(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6))';

/** Approved claims as the server itself reads them: the digits at the end of a BigDecimal of two places are whole cents. */
const APPROVED = `
  SELECT p.PROC_INST_ID_ AS id, p.BUSINESS_KEY_ AS number, p.START_USER_ID_ AS party,
    DATE_FORMAT(p.END_TIME_, '%Y-%m-%d') AS day,
    CONV(HEX(SUBSTR(b.BYTES_, 289, LENGTH(b.BYTES_) - 290)), 16, 10) AS cents
  FROM ACT_HI_PROCINST p
    JOIN ACT_HI_VARINST r ON r.PROC_INST_ID_ = p.PROC_INST_ID_ AND r.NAME_ = 'result' AND r.LONG_ = 1
    JOIN ACT_HI_VARINST a ON a.PROC_INST_ID_ = p.PROC_INST_ID_ AND a.NAME_ = 'amountExact'
    JOIN ACT_GE_BYTEARRAY b ON b.ID_ = a.BYTEARRAY_ID_
  WHERE p.PROC_DEF_ID_ LIKE 'adhoc_Expense_process:%' AND p.END_TIME_ IS NOT NULL AND p.DELETE_REASON_ IS NULL`;

interface Approved extends RowDataPacket {
  readonly id: string;
  readonly number: string;
  readonly party: string;
  readonly day: string;
  readonly cents: string;
}

story('process engines', () => {
  const flowable = uniqueName('f').replaceAll('_', '').slice(0, 8).padEnd(8, 'x');
  const camunda = `${flowable}c`;
  let example: RunningExample;
  /** All claims that were ever approved, also those whose history the engine has purged since. */
  const approved = new Map<string, Approved>();

  beforeAll(async () => {
    example = await runExample('process-engine', { flowable, camunda }, (config) => {
      const [oa] = Object.values(config.sources);
      const [shown] = Object.values(config.packs);
      const tables = ['ACT_HI_PROCINST', 'ACT_HI_VARINST', 'ACT_GE_BYTEARRAY'];
      Object.assign(oa!, {
        databases: [flowable, camunda],
        heartbeat: { table: `${camunda}.counterfoil_heartbeat` },
        include: [flowable, camunda].flatMap((database) => tables.map((table) => `${database}.${table}`)),
      });
      config.packs['camunda'] = {
        from: 'process-engine',
        settings: {
          ...(shown!['settings'] as object),
          ...{ engine: 'camunda', database: camunda, processes: ['claim'], tenants: ['north'] },
          ...{ approved: { when: 'decided', variable: 'approved' }, total: 'amount' },
          lines: {
            from: 'list',
            list: 'lines',
            amount: 'amount',
            expenseType: 'type',
            taxCode: 'tax',
            tax: 'vat',
          },
        },
      };
      config.routes.push({
        ...{ ...config.routes[0]!, name: 'camunda', namespace: 'camunda_documents' },
        include: [`${camunda}.ACT_*`],
      });
      config.postings!.push({
        ...{ ...config.postings![0]!, name: 'of-camunda', route: 'camunda', schema: 'camunda_ledger' },
        documents: ['camunda/expense-claim'],
      });
    });
    const { finance, oa } = example;
    await finance.query(`
      CREATE SCHEMA finance;
      CREATE TABLE finance.period (code text PRIMARY KEY, starts_on date, ends_on date, status text);
      INSERT INTO finance.period VALUES ('2026-11', '2026-11-01', '2026-11-30', 'open')`);
    await oa.query(`CREATE TABLE ${camunda}.${HEARTBEAT}; USE ${camunda}`);
    for (const part of CAMUNDA)
      for (const statement of statementsOf(
        scriptOf(shared(`oa_mariadb/camunda-7.21.0-ddl/activiti.mariadb.create.${part}.sql`)),
      ))
        await oa.query(statement);
    await example.start();
  }, PATIENCE_MS);

  afterAll(() => example.close(), PATIENCE_MS);

  /** The vouchers that stand, by document, with the sides added up by the database. */
  async function standing(schema: string): Promise<Record<string, unknown>> {
    const { rows } = await example.finance.query<{ document_id: string }>(
      `SELECT document_id, v.voucher_date::text AS day, v.description, v.currency,
         (SELECT json_agg(json_build_array(side, account, cost_center, party, amount::text) ORDER BY line_no)
          FROM ${schema}.voucher_entry e WHERE e.voucher_no = v.voucher_no) AS entries
       FROM ${schema}.live_voucher l JOIN ${schema}.voucher v USING (voucher_no, document_id)`,
    );
    return Object.fromEntries(rows.map(({ document_id, ...voucher }) => [document_id, voucher]));
  }

  const states = async (schema: string) =>
    Object.fromEntries(
      (
        await example.finance.query<{ document_id: string; state: string; reason: string | null }>(
          `SELECT document_id, state, reason FROM ${schema}.document WHERE document_no IS NOT NULL`,
        )
      ).rows.map(({ document_id, state, reason }) => [document_id, reason ?? state]),
    );

  function expected() {
    return Object.fromEntries(
      [...approved.values()].map(({ id, number, party, day, cents }) => {
        const amount = `${cents.slice(0, -2)}.${cents.slice(-2)}`;
        return [
          id,
          {
            ...{ day, description: `费用报销 ${number}`, currency: 'CNY' },
            entries: [
              ['debit', '6601', 'CC-0510', null, amount],
              ['credit', '2241', null, party, amount],
            ],
          },
        ];
      }),
    );
  }

  test(
    'each claim that Flowable saw approved has one voucher of its exact amount, and no other has any',
    async () => {
      const recorded = scriptOf(shared('streams/flowable_6.8.1.stream.sql.xz'));
      // The engine makes its tables first.
      let made = 0;
      for (const statement of statementsOfBinlog(playedInto(recorded, 'flowable', flowable))) {
        await example.oa.query(statement);
        if (/^create table (ACT_HI_PROCINST|ACT_HI_VARINST|ACT_GE_BYTEARRAY) /i.test(statement)) made += 1;
        if (made < 3 || statement !== 'COMMIT') continue;
        const [found] = await example.oa.query<Approved[]>(APPROVED);
        for (const claim of found) approved.set(claim.id, claim);
      }
      await example.settle(3);
      expect(approved.size).toBeGreaterThan(20);
      expect(await standing('ledger')).toEqual(expected());
      expect(new Set(Object.values(await states('ledger')))).toEqual(new Set(['posted', 'none']));
    },
    PATIENCE_MS,
  );

  test(
    'a purge of the history leaves the vouchers, whatever order it goes in',
    async () => {
      const [[first, second]] = [[...approved.keys()]];
      await example.oa.query(`USE ${flowable}`);
      const blobs = `DELETE FROM ACT_GE_BYTEARRAY WHERE ID_ IN (SELECT BYTEARRAY_ID_ FROM ACT_HI_VARINST WHERE PROC_INST_ID_ = ?)`;
      const variables = 'DELETE FROM ACT_HI_VARINST WHERE PROC_INST_ID_ = ?';
      const instance = 'DELETE FROM ACT_HI_PROCINST WHERE PROC_INST_ID_ = ?';
      // As Camunda does it, one table after the other, and everything else waits meanwhile.
      for (const statement of [blobs, variables]) {
        await example.oa.query(statement, [first]);
        await example.settle(3);
        expect(await standing('ledger')).toEqual(expected());
      }
      await example.oa.query(instance, [first]);
      for (const statement of ['BEGIN', blobs, variables, instance, 'COMMIT'])
        await example.oa.query(statement, statement.includes('?') ? [second] : []);
      await example.settle(3);
      expect(await standing('ledger')).toEqual(expected());
      expect(new Set(Object.values(await states('ledger')))).toEqual(new Set(['posted', 'none']));
    },
    PATIENCE_MS,
  );

  /** An instance of Camunda, with the lines of its claim as JSON beside it, and what is decided about it. */
  async function instance(id: string, decided: boolean, amount: number, lines: string): Promise<void> {
    await example.oa.query(
      `USE ${camunda}; BEGIN;
       INSERT INTO ACT_HI_PROCINST (ID_, PROC_INST_ID_, BUSINESS_KEY_, PROC_DEF_KEY_, PROC_DEF_ID_, START_TIME_,
         START_USER_ID_, TENANT_ID_, STATE_) VALUES (?, ?, ?, 'claim', 'claim:1:77', '2026-11-20 09:00:00', 'E10012', 'north', 'ACTIVE');
       INSERT INTO ACT_GE_BYTEARRAY (ID_, NAME_, BYTES_) VALUES (?, 'lines', ?)`,
      [id, id, `BX-${id}`, `${id}-bytes`, Buffer.from(lines)],
    );
    const variable =
      'INSERT INTO ACT_HI_VARINST (ID_, PROC_INST_ID_, EXECUTION_ID_, NAME_, VAR_TYPE_, CREATE_TIME_, STATE_, LONG_, DOUBLE_, BYTEARRAY_ID_)' +
      ` VALUES (?, ?, ?, ?, ?, '2026-11-20 10:00:00', ?, ?, ?, ?)`;
    const rows: readonly [string, string, string, number | null, number | null, string | null][] = [
      ['approved', 'boolean', 'CREATED', decided ? 1 : 0, null, null],
      ['amount', 'double', 'CREATED', null, amount, null],
      ['amount', 'double', 'DELETED', null, 1, null],
      ['lines', 'spin://application/json', 'CREATED', null, null, `${id}-bytes`],
    ];
    for (const [at, [name, type, state, long, double, bytes]] of rows.entries())
      await example.oa.query(variable, [`${id}-${at}`, id, id, name, type, state, long, double, bytes]);
    await example.oa.query('COMMIT');
  }

  const cancel = (id: string) =>
    example.oa.query(
      `UPDATE ACT_HI_PROCINST SET END_TIME_ = '2026-11-23 09:00:00', DELETE_REASON_ = '撤回', STATE_ = 'EXTERNALLY_TERMINATED' WHERE ID_ = ?`,
      [id],
    );

  test(
    'a claim of Camunda is posted once it is decided, and reversed when it is cancelled after that',
    async () => {
      const lines =
        '[{"type":"hotel","amount":600.10,"tax":"VAT06","vat":33.97},{"type":"rail","amount":"36","tax":"NONE","vat":0}]';
      await instance('a', true, 636.1, lines);
      await instance('b', false, 636.1, lines);
      await instance('c', true, 636.105, lines);
      await instance('d', true, 636.1, '[{"type":');
      await cancel('b');
      await example.settle(6);
      expect(await standing('camunda_ledger')).toEqual({
        a: {
          ...{ day: '2026-11-20', description: '费用报销 BX-a', currency: 'CNY' },
          entries: [
            ['debit', '6601', 'CC-0510', null, '602.13'],
            ['debit', '2221.01', null, null, '33.97'],
            ['credit', '2241', null, 'E10012', '636.10'],
          ],
        },
      });
      expect(await states('camunda_ledger')).toEqual({
        ...{ a: 'posted', b: 'none', c: 'an amount is finer than its currency' },
        d: 'the variable lines is text that is no JSON',
      });
      await cancel('a');
      await example.settle(6);
      expect(await standing('camunda_ledger')).toEqual({});
      expect(await states('camunda_ledger')).toMatchObject({ a: 'reversed' });
    },
    PATIENCE_MS,
  );
});
