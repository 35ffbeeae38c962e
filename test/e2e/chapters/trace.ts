import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { Pipeline } from '../../support/pipeline.ts';
import { PATIENCE_MS } from '../../support/story.ts';
import type { Story } from '../../support/story.ts';
import { Tracer, waysIn } from '../../support/tracer.ts';
import { until } from '../../support/until.ts';

const RUN = Date.now();
const CLAIM = (BigInt(RUN) * 1_000_000n + 700_000n).toString();
const LINE = (BigInt(CLAIM) + 1n).toString();
const LOG = (BigInt(RUN) * 1_000n).toString();
const SECRET = `confidential-${RUN.toString()}`;
const LOG_TOPIC = 'oa.oa.operation_log';

/** One claim, and one row that is set aside, from end to end. Takes records out of Kafka: what needs them comes before. */
export function describeTrace(story: () => Story): void {
  const tracer = () => new Tracer(story().office.configFile);

  const inOffice = async (sql: string) =>
    (
      (await story()
        .oa.query(sql)
        .catch(() => [[]])) as unknown as [Record<string, string>[]]
    )[0][0];

  describe('while it runs', () => {
    beforeEach(async () => {
      await new Pipeline(story().office.configFile).untilReadiness(({ status }) => status === 200);
    }, PATIENCE_MS);

    test(
      'a claim is followed to its rows, voucher, payment and write-backs, and each of them back to it',
      async () => {
        const { oa } = story();
        await oa.beginTransaction();
        await oa.query(
          `INSERT INTO expense_claim (id, claim_no, applicant_id, applicant_no, department_id, department_code, title, category,
         total_amount, status, approved_at, created_at)
       VALUES (${CLAIM}, 'TR-${RUN}', 1, 'E00001', 1, 'D0100', '${SECRET}', 'travel', 60.00, 'submitted', NULL, NOW())`,
        );
        await oa.query(
          `INSERT INTO expense_claim_line (id, claim_id, line_no, expense_type, occurred_on, amount, created_at)
       VALUES (${LINE}, ${CLAIM}, 1, 'hotel', CURRENT_DATE, 60, NOW())`,
        );
        await oa.commit();
        await until(async () => {
          const { rows } = await story().finance.query('SELECT 1 FROM ap.expense_claim WHERE claim_id = $1', [
            CLAIM,
          ]);
          return rows[0] as object | undefined;
        });
        await oa.query(
          `UPDATE expense_claim SET status = 'approved', approved_at = NOW(3) WHERE id = ${CLAIM}`,
        );
        const [[gtid]] = (await oa.query('SELECT @@last_gtid AS id')) as unknown as [[{ id: string }]];
        const posted = await until(() =>
          inOffice(
            `SELECT voucher_no FROM finance_posting WHERE document_id = '${CLAIM}' AND state = 'posted'`,
          ),
        );
        const activity = story().office.activity({ rate: 50, seed: 71 });
        const paid = await until(async () => {
          await activity.payArrived();
          return inOffice(
            `SELECT payment_id FROM finance_payment WHERE document_id = ${CLAIM} AND status = 'paid'`,
          );
        });
        const cleared = await until(() =>
          inOffice(
            `SELECT voucher_no FROM finance_voucher WHERE document_kind = 'payment' AND document_id = '${paid['payment_id']!}'`,
          ),
        );

        const { exitCode, told, text } = await tracer().trace('expense-claim', CLAIM);
        expect([exitCode, told.unanswered]).toEqual([0, []]);
        expect(told).toMatchObject({
          table: 'oa.expense_claim',
          in: 'oa',
          standing: { state: 'there' },
          madeOf: [],
        });
        const payment = 'ledger.document there > finance.payment there';
        for (const way of [
          'ap.expense_claim there > canonical.expense_claim_document',
          'oa_documents.expense_claim there > ledger.document there > oa.finance_posting there',
          'oa_documents.expense_claim there > ledger.document there > ledger.voucher there > oa.finance_voucher there',
          'oa_documents.expense_claim there > ledger.document there > ledger.voucher there > ledger.voucher_entry there > oa.finance_voucher_entry there',
          `oa_documents.expense_claim there > ${payment} > oa.finance_payment there`,
          `oa_documents.expense_claim there > ${payment} > finance_documents.payment there > ledger.document there > ledger.voucher there > oa.finance_voucher there`,
          'canonical.expense_claim',
        ])
          expect(waysIn(told.became)).toContain(way);
        expect(told.changes).toHaveLength(2);
        const [newest] = told.changes;
        expect(newest).toMatchObject({
          origin: {
            ...{ kind: 'record', topic: 'oa.oa.expense_claim', operation: 'update', source: 'oa' },
            ...{
              transaction: gtid.id,
              place: expect.stringMatching(/^binlog file \d+, position \d+$/) as string,
            },
            changed: ['status', 'approved_at', 'updated_at'],
            schemaId: expect.any(Number) as number,
          },
          passed: [],
        });
        expect(new Set(newest?.writes.map(({ table }) => table))).toEqual(
          new Set(['ap.expense_claim', 'oa_documents.expense_claim']),
        );
        expect(newest?.writes[0]?.mapping).toMatch(/^(expense-claim@)?[0-9a-f]{12}$/);
        expect(text).not.toContain(SECRET);

        const back = await tracer().trace('ledger.voucher', cleared['voucher_no']!);
        expect(waysIn(back.told.madeOf)).toContain(
          'ledger.document there > finance_documents.payment there > finance.payment there > ledger.document there > oa_documents.expense_claim there > oa.expense_claim there',
        );
        expect(back.told.changes.map(({ writes }) => writes[0]?.kind)).toEqual(['batch', 'posting']);
        const written = await tracer().trace('oa.finance_voucher', `voucher_no=${posted['voucher_no']!}`);
        expect(written.told.document.map(({ table }) => table)).toEqual([
          'oa_documents.expense_claim',
          'oa_documents.expense_claim_line',
        ]);
        expect(written.told.document[0]?.changes[0]?.origin).toMatchObject({ transaction: gtid.id });
        const shown = await tracer().text('oa.finance_payment', paid['payment_id']!);
        expect([shown.exitCode, shown.stdout]).toEqual([
          0,
          expect.stringContaining(`oa.expense_claim id=${CLAIM} in oa`),
        ]);
      },
      PATIENCE_MS,
    );

    test(
      'values are shown to who asks for them',
      async () => {
        const shown = await tracer().text('ap.expense_claim', CLAIM);
        const asked = await tracer().text('ap.expense_claim', CLAIM, '--values');
        expect(shown.stdout).not.toContain(SECRET);
        expect(asked.stdout).toContain(`title="${SECRET}"`);
        expect(asked.stdout).toContain('status: "submitted" → "approved"');
      },
      PATIENCE_MS,
    );

    test(
      'a row that the mapping leaves out is said to be',
      async () => {
        await story().oa.query(`UPDATE expense_claim SET status = 'withdrawn' WHERE id = ${CLAIM}`);
        const left = await until(async () => {
          const { told } = await tracer().trace('oa.expense_claim', CLAIM);
          const row = told.became.find(({ table }) => table === 'ap.expense_claim');
          return row?.standing?.state === 'deleted' ? row : undefined;
        });
        expect(left.facts).toEqual({ mapping: 'leaves it out as it is now' });
        const reversed = await until(async () => {
          const { told } = await tracer().trace('oa.expense_claim', CLAIM);
          const document = told.became
            .flatMap(({ next }) => next)
            .find(({ table }) => table === 'ledger.document');
          return document?.facts['state'] === 'reversed' ? document : undefined;
        });
        const vouchers = reversed.next.filter(({ table }) => table === 'ledger.voucher');
        expect(vouchers.map(({ facts }) => facts['kind'])).toEqual(['posting', 'reversal']);
      },
      PATIENCE_MS,
    );

    const lettersOfLog = async () =>
      (await story().openLetters('oa-mirror')).filter(({ key }) => key === `["${LOG}"]`);
    const untilSetAside = (count: number) =>
      until(async () => ((await lettersOfLog()).length === count ? true : undefined));

    test(
      'dead letters of a row are told, with who gave them up and who had them redriven; then what was deleted',
      async () => {
        const rename = (action: string) =>
          story().oa.execute('UPDATE operation_log SET action = ? WHERE id = ?', [action, LOG]);
        await story().oa.execute(
          `INSERT INTO operation_log (id, operator_no, action, target_type) VALUES (?, 'E00001', ?, 'claim')`,
          [LOG, SECRET],
        );
        await rename('nul \0 is no text for PostgreSQL');
        await untilSetAside(1);
        await rename('mended');
        await untilSetAside(2);

        const open = await tracer().trace('oa_mirror.operation_log', LOG);
        expect(open.exitCode).toBe(0);
        expect(
          open.told.changes.map(({ deadLetters }) => deadLetters.map(({ code, status }) => [code, status])),
        ).toEqual([[['PARKED', 'open']], [['ROW_REJECTED', 'open']], []]);
        expect(open.told.changes[0]).toMatchObject({
          writes: [],
          origin: { kind: 'record', changed: ['action'] },
        });

        const [first] = await lettersOfLog();
        await story().dlq('discard', 'oa-mirror', first!.id, '--reason', 'a typo');
        await story().dlq('redrive', 'oa-mirror', '--all');
        const mended = await tracer().text('oa.operation_log', LOG);
        expect(mended.stdout).toMatch(/set aside .*by route oa-mirror at apply.*ROW_REJECTED/);
        expect(mended.stdout).toMatch(/discarded \S+ by \S+ \(a typo\)/);
        expect(mended.stdout).toMatch(/redriven \S+ by \S+/);
        expect(mended.stdout).toMatch(/written .*oa_mirror\.operation_log in finance.*by a redrive/);
        expect(mended.stdout).not.toContain('mended');

        await story().oa.execute('DELETE FROM operation_log WHERE id = ?', [LOG]);
        const gone = await until(async () => {
          const each = await tracer().trace('oa_mirror.operation_log', LOG);
          return each.told.standing?.state === 'deleted' ? each : undefined;
        });
        expect(gone.exitCode).toBe(0);
        const deleted = { operation: 'delete' };
        expect(gone.told.changes[0]).toMatchObject({ origin: deleted, writes: [deleted] });
        expect(gone.told.madeOf).toMatchObject([
          { table: 'oa.operation_log', standing: { state: 'absent' } },
        ]);
      },
      PATIENCE_MS,
    );
  });

  test(
    'records that Kafka no longer holds are said to be gone; what dead letters keep is told from them',
    async () => {
      const admin = story().kafka.admin();
      await admin.connect();
      const [held] = await admin.fetchTopicOffsets(LOG_TOPIC);
      const { high, partition } = held!;
      await admin.deleteTopicRecords({ topic: LOG_TOPIC, partitions: [{ partition, offset: high }] });
      await admin.disconnect();
      const { exitCode, told } = await tracer().trace('oa_mirror.operation_log', LOG);
      expect([exitCode, told.unanswered]).toEqual([0, []]);
      expect(told.changes.map(({ origin }) => origin?.kind)).toEqual(['gone', 'record', 'record', 'gone']);
      expect(told.changes[0]?.writes).toMatchObject([{ operation: 'delete' }]);
      const { stdout } = await tracer().text('oa_mirror.operation_log', LOG);
      expect(stdout).toContain(`Kafka no longer holds them (it begins at ${high} now)`);
    },
    PATIENCE_MS,
  );

  /** The configuration of the office with a change. */
  function changed(name: string, change: (settings: Record<string, unknown>) => void): string {
    const { configFile } = story().office;
    const settings = parse(readFileSync(configFile, 'utf8')) as Record<string, unknown>;
    change(settings);
    const file = join(configFile, '..', `trace-${name}.yaml`);
    writeFileSync(file, stringify(settings), { mode: 0o600 });
    return file;
  }

  test(
    'without a journal it is said, and what rows and letters tell is told',
    async () => {
      const file = changed('no-journal', (settings) => delete settings['journal']);
      const { exitCode, stdout } = await new Tracer(file).text('oa.operation_log', LOG);
      expect(exitCode).toBe(0);
      expect(stdout).toContain('No journal is kept');
      expect(stdout).toMatch(
        /oa_mirror\.operation_log id=\d+ in finance: removed at \S+Z, as of binlog file/,
      );
      expect(stdout).toMatch(/discarded \S+ by \S+ \(a typo\)/);
    },
    PATIENCE_MS,
  );

  test(
    'what cannot be asked is named, the rest is told, and the exit code is 2',
    async () => {
      const file = changed('no-kafka', (settings) => (settings['kafka'] = { brokers: ['127.0.0.1:1'] }));
      const { exitCode, stdout } = await new Tracer(file).text('ap.expense_claim', CLAIM);
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/not answered\n {2}records in Kafka: /);
      expect(stdout).toContain('they could not be read');
      expect(stdout).toMatch(/written .*ap\.expense_claim in finance/);
    },
    PATIENCE_MS,
  );

  test(
    'a row of nobody, a name of several tables, a key that is none',
    async () => {
      const nobody = await tracer().text('ap.expense_claim', '1');
      expect([nobody.exitCode, nobody.stdout]).toEqual([
        1,
        'ap.expense_claim claim_id=1 in finance: nothing is known of such a row',
      ]);
      const several = await tracer().text('operation_log', LOG);
      expect(several.exitCode).toBe(2);
      expect(several.stdout).toContain('oa_mirror.operation_log  (--source finance, --target finance)');
      expect((await tracer().text('operation_log', LOG, '--target', 'finance')).exitCode).toBe(0);
      const wrong = await tracer().text('ap.expense_claim', '1', '2');
      expect([wrong.exitCode, wrong.stderr]).toEqual([
        3,
        expect.stringContaining('is claim_id: 2 values were given'),
      ]);
      expect((await tracer().text('ap.expense_claims', '1')).stderr).toContain(
        'did you mean ap.expense_claim?',
      );
    },
    PATIENCE_MS,
  );
}
