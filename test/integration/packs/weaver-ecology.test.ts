import { openPackBooks } from '../../support/pack-books.ts';
import type { PackBooks } from '../../support/pack-books.ts';

const PATIENCE_MS = 180_000;

/** Shapes as e-cology has them, as far as they are read; texts where it has texts. */
const TABLES = [
  `CREATE TABLE workflow_requestbase (requestid INT PRIMARY KEY, workflowid INT, requestmark VARCHAR(200),
     requestname VARCHAR(200), currentnodeid INT, currentnodetype CHAR(1), status VARCHAR(200), creater INT,
     createdate VARCHAR(10), createtime VARCHAR(8), lastoperatedate VARCHAR(10), lastoperatetime VARCHAR(8),
     deleted INT DEFAULT 0)`,
  `CREATE TABLE formtable_main_12 (id INT AUTO_INCREMENT PRIMARY KEY, requestId INT, sqr INT, bxbm INT,
     bxzje VARCHAR(40), sqrq CHAR(10), bz TEXT)`,
  `CREATE TABLE formtable_main_12_dt1 (id INT AUTO_INCREMENT PRIMARY KEY, mainid INT, fylx INT, je VARCHAR(40),
     sl VARCHAR(10), se DECIMAL(15,2))`,
  `CREATE TABLE hrmresource (ID INT PRIMARY KEY, LOGINID VARCHAR(300), LASTNAME VARCHAR(200), WORKCODE VARCHAR(100),
     DEPARTMENTID INT, STATUS INT)`,
  `CREATE TABLE hrmdepartment (ID INT PRIMARY KEY, DEPARTMENTNAME VARCHAR(200), DEPARTMENTCODE VARCHAR(100))`,
  `CREATE TABLE workflow_selectitem (id INT PRIMARY KEY, fieldid INT, isbill INT, selectvalue INT, selectname VARCHAR(250))`,
  `INSERT INTO hrmresource VALUES (7, 'zhangwei', '张伟', 'E10012', 3, 1)`,
  `INSERT INTO hrmdepartment VALUES (3, '销售一部', 'D0510')`,
  `INSERT INTO workflow_selectitem VALUES (1, 6871, 1, 0, '住宿费'), (2, 6871, 1, 1, '高铁票'), (3, 5000, 1, 0, '病假')`,
];
const given = (database: string) => ({
  ...{ database, form: 12, workflows: [57], expenseTypeField: 6871 },
  fields: { applicant: 'sqr', department: 'bxbm', total: 'bxzje' },
  lines: { expenseType: 'fylx', amount: 'je', taxRate: 'sl', tax: 'se' },
});

let books: PackBooks;
beforeAll(async () => {
  books = await openPackBooks('weaver-ecology', ['weaver-ecology/expense-claim'], given, TABLES);
}, PATIENCE_MS);
afterAll(() => books.close(), PATIENCE_MS);

const form = (request: number, total: string, staff = 7) =>
  `INSERT INTO formtable_main_12 (id, requestId, sqr, bxbm, bxzje) VALUES (${request + 1000}, ${request}, ${staff}, 3, '${total}')`;
const lines = (request: number, ...each: [type: number, amount: string, rate: string, tax: string][]) => [
  `DELETE FROM formtable_main_12_dt1 WHERE mainid = ${request + 1000}`,
  ...each.map(
    ([type, amount, rate, tax]) =>
      `INSERT INTO formtable_main_12_dt1 (mainid, fylx, je, sl, se) VALUES (${request + 1000}, ${type}, '${amount}', '${rate}', ${tax})`,
  ),
];
const created = (request: number, workflow = 57) =>
  `INSERT INTO workflow_requestbase (requestid, workflowid, requestmark, currentnodetype, createdate, createtime)
   VALUES (${request}, ${workflow}, 'BX-${request}', '0', '2026-03-02', '09:00:00')`;
const moved = (request: number, type: number, day: string) =>
  `UPDATE workflow_requestbase SET currentnodetype = '${type}', lastoperatedate = '${day}', lastoperatetime = '23:59:59'
   WHERE requestid = ${request}`;

test(
  'a form that is saved in pieces becomes one voucher once its request is archived',
  async () => {
    await books.write(form(1, '￥1,186.00'));
    await books.write(...lines(1, [0, '636', '6%', '36.00'], [1, '550.00', '0.09', '45.41']), created(1));
    await books.write(moved(1, 1, '2026-03-03'));
    await books.until('1', { state: 'none' });
    await books.write(moved(1, 3, '2026-03-05'));
    await books.until('1', { state: 'posted', revision: 1 });
    expect(await books.entries('1')).toEqual([
      '1 posting 2026-03-05 debit 6601 1104.59',
      '1 posting 2026-03-05 debit 2221.01 81.41',
      '1 posting 2026-03-05 credit 2241 E10012 1186.00',
    ]);
  },
  PATIENCE_MS,
);

test(
  'sent back after it was archived, saved with other lines, and archived again: reversal, then the next revision',
  async () => {
    await books.write(moved(1, 0, '2026-03-09'));
    await books.until('1', { state: 'reversed' });
    await books.write(
      `UPDATE formtable_main_12 SET bxzje = '636' WHERE requestId = 1`,
      ...lines(1, [0, '636', '6', '36']),
    );
    await books.write(moved(1, 3, '2026-03-10'));
    await books.until('1', { state: 'posted', revision: 2 });
    expect((await books.entries('1')).slice(3)).toEqual([
      '1 reversal 2026-03-09 debit 6601 -1104.59',
      '1 reversal 2026-03-09 debit 2221.01 -81.41',
      '1 reversal 2026-03-09 credit 2241 E10012 -1186.00',
      '2 posting 2026-03-10 debit 6601 600.00',
      '2 posting 2026-03-10 debit 2221.01 36.00',
      '2 posting 2026-03-10 credit 2241 E10012 636.00',
    ]);
  },
  PATIENCE_MS,
);

test(
  'saved anew as it was, nothing happens to its voucher; an amount that could be two is refused until it is one',
  async () => {
    await books.write(
      ...lines(1, [0, '636.0', '0.06', '36']),
      'UPDATE hrmresource SET DEPARTMENTID = 4 WHERE ID = 7',
    );
    await books.write(
      form(2, '12,5'),
      ...lines(2, [0, '12.50', '', '0']),
      created(2),
      moved(2, 3, '2026-03-11'),
    );
    expect((await books.until('2', { state: 'refused' })).reason).toBe('an amount is no number');
    expect(await books.standing('1')).toMatchObject({ state: 'posted', revision: 2 });
    await books.write(`UPDATE formtable_main_12 SET bxzje = '12.50' WHERE requestId = 2`);
    await books.until('2', { state: 'posted', revision: 1 });
  },
  PATIENCE_MS,
);

test(
  'what waits for a person or for the name of a choice is posted when e-cology has it',
  async () => {
    await books.write(
      form(3, '1.00', 8),
      ...lines(3, [5, '1.00', '', '0']),
      created(3),
      moved(3, 3, '2026-03-12'),
    );
    expect((await books.until('3', { state: 'parked' })).reason).toBe(
      'hrmresource 8 is not known, or has no code',
    );
    await books.write(`INSERT INTO hrmresource VALUES (8, 'lina', '李娜', 'E10013', 3, 1)`);
    await books.until('3', { state: 'parked', reason: 'workflow_selectitem 5 is not known, or has no code' });
    await books.write(`INSERT INTO workflow_selectitem VALUES (9, 6871, 1, 5, '月球票')`);
    await books.until('3', {
      state: 'parked',
      reason: 'expense-type named 月球票 means nothing on 2026-03-12; add it to the dictionary',
    });
    await books.write(`UPDATE workflow_selectitem SET selectname = '住宿费' WHERE id = 9`);
    await books.until('3', { state: 'posted' });
  },
  PATIENCE_MS,
);

test(
  'deleted by a person, the voucher is reversed; cleared away by a purge, it stands',
  async () => {
    await books.write('UPDATE workflow_requestbase SET deleted = 1 WHERE requestid = 2');
    await books.until('2', { state: 'reversed' });
    const before = await books.entries('1');
    await books.write('DELETE FROM workflow_requestbase WHERE requestid = 1');
    await books.write(
      'DELETE FROM formtable_main_12_dt1 WHERE mainid = 1001',
      'DELETE FROM formtable_main_12 WHERE requestId = 1',
    );
    await books.write(form(4, '9'), ...lines(4, [0, '9', '', '0']), created(4), moved(4, 3, '2026-03-13'));
    await books.until('4', { state: 'posted' });
    expect(await books.standing('1')).toMatchObject({ state: 'posted', revision: 2 });
    expect(await books.entries('1')).toEqual(before);
  },
  PATIENCE_MS,
);

test(
  'a request of another workflow is no claim, though it has the form; one without a form is none at all',
  async () => {
    await books.write(
      form(5, '9'),
      ...lines(5, [0, '9', '', '0']),
      created(5, 58),
      moved(5, 3, '2026-03-14'),
    );
    await books.write(created(6, 57), moved(6, 3, '2026-03-14'));
    await books.write(form(7, '9'), ...lines(7, [0, '9', '', '0']), created(7), moved(7, 3, '2026-03-14'));
    await books.until('7', { state: 'posted' });
    expect(await books.standing('5')).toMatchObject({ state: 'none' });
    expect(await books.standing('6')).toBeNull();
  },
  PATIENCE_MS,
);
