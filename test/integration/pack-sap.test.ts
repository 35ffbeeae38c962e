import type { RowDataPacket } from 'mysql2/promise';
import pRetry from 'p-retry';
import { loadConfig } from '../../app/config/load.ts';
import { tail } from '../../app/topics/tail.ts';
import type { TopicRecord } from '../../app/topics/tail.ts';
import { abroad, cheaperTrip, gift, hosting, payout, trip } from '../../schemas/posting/example-documents.ts';
import { documentId } from '../../schemas/posting/document.ts';
import type { Document } from '../../schemas/posting/document.ts';
import type { Voucher } from '../../schemas/posting/voucher.ts';
import { bookTables } from '../../sinks/ledger/definitions.ts';
import { createBooks } from '../../sinks/ledger/store.ts';
import { writeVouchers } from '../../sinks/ledger/vouchers.ts';
import { openPool } from '../../sinks/postgres/connection.ts';
import { inTransaction } from '../../sinks/postgres/tables.ts';
import { settingsOf } from '../../sinks/upsert/options.ts';
import { runExample } from '../support/example-stack.ts';
import type { RunningExample } from '../support/example-stack.ts';
import { vouchersOf } from '../support/example-vouchers.ts';
import { Receiver } from '../support/receiver.ts';
import { testStack, uniqueName } from '../support/stack-file.ts';
import { TRIP } from './packs/acc-document.ts';
import type { AccDocument } from './packs/acc-document.ts';

// Vouchers of the books, captured from finance, by the example of the pack: as rows of BKPF and BSEG, and each as one message
// to an endpoint that is a real server, and to a topic.
const PATIENCE_MS = 300_000;
const VOUCHERS = 7;

describe('SAP finance', () => {
  const sap = uniqueName('sap');
  let example: RunningExample;
  let receiver: Receiver;
  let prefix: string;

  beforeAll(async () => {
    receiver = await Receiver.start();
    example = await runExample('sap', { sap }, ({ packs, targets, feeds }, own) => {
      Object.assign(packs['sap']!['settings'] as object, { from: own('finance') });
      Object.assign(targets['accounting']!, { url: receiver.url });
      prefix = own('canonical');
      targets['topics'] = { kind: 'kafka', keeper: 'finance', prefix };
      feeds?.push({ ...feeds[0], name: 'sap-topic', target: 'topics' });
    });
    const books = createBooks({ ...options(), schema: 'ledger' });
    await books.prepare();
    await books.close();
    // One comes by snapshot, the others from the log.
    await post(vouchersOf([gift]));
    await example.start();
    for (const history of [[trip, cheaperTrip], [abroad], [hosting], [payout]])
      await post(vouchersOf(history));
    await example.settle();
  }, PATIENCE_MS);

  afterAll(async () => {
    await example.close();
    await receiver.close();
  }, PATIENCE_MS);

  const options = () => {
    const { host, port, user, password } = testStack().postgres;
    return { host, port, user, password, database: example.name, namespace: 'counterfoil' };
  };

  async function post(vouchers: readonly Voucher[]): Promise<void> {
    const pool = openPool(settingsOf(options()));
    for (const voucher of vouchers)
      await inTransaction(pool, (session) =>
        writeVouchers(session, bookTables('ledger', 'counterfoil'), [voucher]),
      );
    await pool.end();
  }

  const rows = async (sql: string): Promise<readonly unknown[]> => {
    const [found] = await example.oa.query<RowDataPacket[]>(`SELECT ${sql}`);
    return found.map((row) => ({ ...row }));
  };

  test('a voucher is a header and items, under a number of the company code and the year', async () => {
    expect(
      await rows(`MANDT, BUKRS, BELNR, GJAHR, BLART, BLDAT, BUDAT, MONAT, WAERS, KURSF, HWAER, XBLNR, BKTXT, STBLG, STJAH
        FROM ${sap}.BKPF WHERE XBLNR = '2026-03-000002'`),
    ).toEqual([
      {
        ...{
          MANDT: '100',
          BUKRS: '1000',
          BELNR: '0103000002',
          GJAHR: '2026',
          BLART: 'KR',
          BLDAT: '20260305',
        },
        ...{ BUDAT: '20260305', MONAT: '03', WAERS: 'CNY', KURSF: '1.00000', HWAER: 'CNY' },
        ...{ XBLNR: '2026-03-000002', BKTXT: '费用报销 BX202603020000001', STBLG: null, STJAH: null },
      },
    ]);
    expect(
      await rows(`BUZEI, BSCHL, KOART, SHKZG, XNEGP, MWSKZ, DMBTR, WRBTR, HKONT, KOSTL, LIFNR, SGTXT
        FROM ${sap}.BSEG WHERE BELNR = '0103000002' ORDER BY BUZEI`),
    ).toEqual([
      {
        ...{ BUZEI: '001', BSCHL: '40', KOART: 'S', SHKZG: 'S', XNEGP: '', MWSKZ: '', DMBTR: '1204.59' },
        ...{ WRBTR: '1204.59', HKONT: '0066010000', KOSTL: 'CC-0510', LIFNR: '' },
        SGTXT: '差旅费 BX202603020000001',
      },
      {
        ...{ BUZEI: '002', BSCHL: '40', KOART: 'S', SHKZG: 'S', XNEGP: '', MWSKZ: 'J1', DMBTR: '81.41' },
        ...{ WRBTR: '81.41', HKONT: '0022210100', KOSTL: '', LIFNR: '' },
        SGTXT: '进项税额 BX202603020000001',
      },
      {
        ...{ BUZEI: '003', BSCHL: '31', KOART: 'K', SHKZG: 'H', XNEGP: '', MWSKZ: '', DMBTR: '1286.00' },
        ...{ WRBTR: '1286.00', HKONT: '0022410000', KOSTL: '', LIFNR: 'E10012' },
        SGTXT: '应付职工报销款 BX202603020000001',
      },
    ]);
  });

  test('the tables have the keys and the lengths that SAP has', async () => {
    const columns = `FROM information_schema.columns WHERE table_schema = '${sap}'`;
    const keys = await rows(
      `table_name AS t, GROUP_CONCAT(column_name ORDER BY ordinal_position) AS k ${columns} AND column_key = 'PRI'
       GROUP BY table_name`,
    );
    expect(keys).toEqual([
      { t: 'BKPF', k: 'MANDT,BUKRS,BELNR,GJAHR' },
      { t: 'BSEG', k: 'MANDT,BUKRS,BELNR,GJAHR,BUZEI' },
    ]);
    expect(
      await rows(`column_name AS c, COALESCE(character_maximum_length, numeric_precision) AS length ${columns}
        AND table_name = 'BSEG' AND column_name <> 'cf_version' ORDER BY ordinal_position`),
    ).toEqual(
      Object.entries({
        ...{
          MANDT: '3',
          BUKRS: '4',
          BELNR: '10',
          GJAHR: '4',
          BUZEI: '3',
          BSCHL: '2',
          KOART: '1',
          SHKZG: '1',
        },
        ...{
          XNEGP: '1',
          MWSKZ: '2',
          DMBTR: '23',
          WRBTR: '23',
          SGTXT: '50',
          KOSTL: '10',
          HKONT: '10',
          LIFNR: '10',
        },
      }).map(([c, length]) => ({ c, length })),
    );
  });

  test('a red-letter reversal is a negative posting on the other side, and names what it reverses', async () => {
    expect(await rows(`BELNR, TCODE, STBLG, STJAH FROM ${sap}.BKPF WHERE STBLG IS NOT NULL`)).toEqual([
      { BELNR: '0103000003', TCODE: 'FB08', STBLG: '0103000002', STJAH: '2026' },
    ]);
    expect(
      await rows(`BSCHL, SHKZG, XNEGP, DMBTR FROM ${sap}.BSEG WHERE BELNR = '0103000003' ORDER BY BUZEI`),
    ).toEqual([
      { BSCHL: '50', SHKZG: 'H', XNEGP: 'X', DMBTR: '1204.59' },
      { BSCHL: '50', SHKZG: 'H', XNEGP: 'X', DMBTR: '81.41' },
      { BSCHL: '22', SHKZG: 'S', XNEGP: 'X', DMBTR: '1286.00' },
    ]);
  });

  test('every document comes to nothing in both currencies, and the accounts to what the books say', async () => {
    const signed = (amount: string) => `CAST(SUM(IF(SHKZG = 'S', ${amount}, -${amount})) AS CHAR)`;
    expect(
      await rows(`${signed('DMBTR')} AS base, ${signed('WRBTR')} AS amount
        FROM ${sap}.BSEG GROUP BY BELNR`),
    ).toEqual(Array.from({ length: VOUCHERS }, () => ({ base: '0.00', amount: '0.00' })));
    const { rows: booked } = await example.finance.query(
      `SELECT account, sum(CASE side WHEN 'debit' THEN base_amount ELSE -base_amount END)::numeric(23, 2)::text AS base
       FROM ledger.voucher_entry GROUP BY account ORDER BY account`,
    );
    const accounts: Readonly<Record<string, string>> = { '0022210100': '2221.01', '0010020100': '1002.01' };
    const found = await rows(`HKONT, ${signed('DMBTR')} AS base FROM ${sap}.BSEG GROUP BY HKONT`);
    const byAccount = (found as readonly { HKONT: string; base: string }[]).map(({ HKONT, base }) => ({
      account: accounts[HKONT] ?? HKONT.slice(2, 6),
      base,
    }));
    expect(byAccount.sort((a, b) => (a.account < b.account ? -1 : 1))).toEqual(booked);
  });

  /** The document of a voucher at the endpoint. */
  const told = (voucher: string): AccDocument =>
    JSON.parse(receiver.documents.get(`/acc-documents/${voucher}`)?.body ?? '{}') as AccDocument;

  test(
    'a voucher is one message, as SAP takes postings, once',
    async () => {
      await receiver.until(() => receiver.documents.size >= VOUCHERS);
      expect(receiver.violations).toEqual([]);
      expect(receiver.taken.map(({ path }) => path).sort()).toEqual(
        Array.from({ length: VOUCHERS }, (_, at) => `/acc-documents/2026-03-00000${at + 1}`),
      );
      expect(told('2026-03-000002')).toEqual(TRIP);
    },
    PATIENCE_MS,
  );

  test('a red-letter reversal is a negative posting that names what it reverses', () => {
    const { DOCUMENTHEADER, CURRENCYAMOUNT, ...items } = told('2026-03-000003');
    expect(DOCUMENTHEADER).toMatchObject({ OBJ_KEY_R: '2026-03-000002', NEG_POSTNG: 'X' });
    expect(items.ACCOUNTGL.map(({ GL_ACCOUNT }) => GL_ACCOUNT)).toEqual(['0066010000', '0022210100']);
    expect(items.ACCOUNTPAYABLE.map(({ VENDOR_NO }) => VENDOR_NO)).toEqual(['E10012']);
    expect(CURRENCYAMOUNT.map(({ AMT_DOCCUR }) => AMT_DOCCUR)).toEqual(
      Array.from({ length: 2 }, () => ['-1204.5900', '-81.4100', '1286.0000']).flat(),
    );
  });

  test('every message comes to nothing in the currency of the document and in that of the books', () => {
    const currencies = new Set<string>();
    for (const { body } of receiver.taken) {
      const { ACCOUNTGL, ACCOUNTPAYABLE, CURRENCYAMOUNT } = JSON.parse(body) as AccDocument;
      const items = [...ACCOUNTGL, ...ACCOUNTPAYABLE].map(({ ITEMNO_ACC }) => ITEMNO_ACC).sort();
      for (const type of ['00', '10']) {
        const amounts = CURRENCYAMOUNT.filter(({ CURR_TYPE }) => CURR_TYPE === type);
        expect(amounts.map(({ ITEMNO_ACC }) => ITEMNO_ACC)).toEqual(items);
        const sum = amounts.reduce(
          (units, { AMT_DOCCUR }) => units + BigInt(AMT_DOCCUR.replace('.', '')),
          0n,
        );
        expect(sum).toBe(0n);
        for (const { CURRENCY } of amounts) currencies.add(`${type} ${CURRENCY}`);
      }
    }
    expect([...currencies].sort()).toEqual(['00 CNY', '00 USD', '10 CNY']);
  });

  test(
    'a topic has the same messages',
    async () => {
      const records: TopicRecord[] = [];
      const settings = { fromBeginning: true, follow: true, max: VOUCHERS, key: undefined };
      const { signal } = new AbortController();
      // The feed makes it.
      await pRetry(
        () =>
          tail(
            loadConfig(example.file, {}),
            `${prefix}.sap_acc_document`,
            settings,
            (record) => records.push(record),
            signal,
          ),
        { retries: 500, minTimeout: 100, maxTimeout: 100 },
      );
      expect(records.map(({ key }) => key?.['OBJ_KEY']).sort()).toEqual(
        Array.from({ length: VOUCHERS }, (_, at) => `2026-03-00000${at + 1}`),
      );
      expect(records.find(({ key }) => key?.['OBJ_KEY'] === '2026-03-000002')?.value).toEqual(TRIP);
    },
    PATIENCE_MS,
  );

  test(
    'a voucher with an account that SAP is not said to have is told to nobody, and the others go on',
    async () => {
      const [strange, sound] = [1n, 2n].map((id) => again(hosting, id)) as [Voucher, Voucher];
      const [first, ...rest] = strange.entries;
      await post([{ ...strange, entries: [{ ...first!, account: '9999' }, ...rest] }, sound]);
      await receiver.until(() => receiver.documents.has('/acc-documents/2026-03-000009'));
      const refused = await pRetry(
        async () => {
          const { rows: found } = await example.finance.query(
            `SELECT document_key AS key, refusal FROM counterfoil.feed_document WHERE refusal IS NOT NULL`,
          );
          expect(found).toHaveLength(2);
          return found as readonly unknown[];
        },
        { retries: 100, minTimeout: 100, maxTimeout: 100 },
      );
      const refusal = 'its CURRENCYAMOUNT do not come to nothing: a row of it is missing';
      expect(refused).toEqual(Array.from({ length: 2 }, () => ({ key: ['2026-03-000008'], refusal })));
      expect(receiver.documents.has('/acc-documents/2026-03-000008')).toBe(false);
    },
    PATIENCE_MS,
  );
});

/** The voucher of a document, as if it were of another one. */
function again(document: Document, id: bigint): Voucher {
  const [voucher] = vouchersOf([document]);
  const { key } = voucher!;
  return { ...voucher!, key: { ...key, document: { ...key.document, id: documentId(id.toString()) } } };
}
