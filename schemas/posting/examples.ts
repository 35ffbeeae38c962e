import {
  abroad,
  change,
  cheaperTrip,
  day,
  gift,
  hosting,
  payout,
  receipt,
  trip,
  tripDeleted,
  tripRejected,
} from './example-documents.ts';
import type { PostingExample } from './example.ts';

export const postingExamples: readonly PostingExample[] = [
  {
    shows:
      'an approved claim: expense by category and cost centre, input tax, and what is owed to the employee',
    history: [trip],
    outcome: [
      text(
        'expense-claim/9007199254740993/1/posting 2026-03 2026-03-05 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 差旅费 BX202603020000001 1204.59 CNY',
        '借 2221.01 — — 进项税额 BX202603020000001 81.41 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000001 1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'a claim in a foreign currency: the cents that rounding left over go to the largest remainders',
    history: [abroad],
    outcome: [
      text(
        'expense-claim/9007199254740995/1/posting 2026-03 2026-03-05 费用报销 BX202603020000002',
        '汇率 1 USD = 7.185 CNY',
        '借 6601 CC-0510 — 业务招待费 BX202603020000002 33.33 USD = 239.48 CNY',
        '借 6601 CC-0510 — 办公费 BX202603020000002 33.34 USD = 239.55 CNY',
        '借 6601 CC-0510 — 差旅费 BX202603020000002 33.33 USD = 239.47 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000002 100.00 USD = 718.50 CNY',
      ),
    ],
  },
  {
    shows: 'tax that may not be deducted is part of the expense; a developing department has its own account',
    history: [gift],
    outcome: [
      text(
        'expense-claim/9007199254740997/1/posting 2026-03 2026-03-05 费用报销 BX202603020000003',
        '借 5301 CC-0420 — 业务招待费 BX202603020000003 113.00 CNY',
        '借 5301 CC-0420 — 办公费 BX202603020000003 100.00 CNY',
        '借 2221.01 — — 进项税额 BX202603020000003 13.00 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000003 226.00 CNY',
      ),
    ],
  },
  {
    shows: 'a claim of a closed period goes to the first day of the next open one',
    history: [{ ...trip, accountingDate: day('2026-02-11') }],
    outcome: [
      text(
        'expense-claim/9007199254740993/1/posting 2026-03 2026-03-01 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 差旅费 BX202603020000001 1204.59 CNY',
        '借 2221.01 — — 进项税额 BX202603020000001 81.41 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000001 1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'with no period open the claim waits',
    history: [{ ...trip, accountingDate: day('2026-04-01') }],
    outcome: { kind: 'parked', reason: 'no-open-period', date: day('2026-04-01') },
  },
  {
    shows: 'a department that the dictionary does not know: the claim waits, and the code is named',
    history: [{ ...trip, department: 'D0599' }],
    outcome: {
      kind: 'parked',
      reason: 'not-mapped',
      list: 'department',
      code: 'D0599',
      date: day('2026-03-05'),
    },
  },
  {
    shows: 'a claim that is not the sum of its lines is refused',
    history: [{ ...trip, lines: trip.lines.slice(1) }],
    outcome: { kind: 'refused', reason: 'total-differs-from-lines', line: null },
  },
  {
    shows: 'a claim under review is not in the books',
    history: [{ ...trip, status: 'submitted', accountingDate: null }],
    outcome: { kind: 'nothing', why: 'not-due' },
  },
  {
    shows: 'a claim that was changed after posting: red-letter reversal, and the next revision',
    history: [trip, cheaperTrip],
    outcome: [
      text(
        'expense-claim/9007199254740993/1/reversal 2026-03 2026-03-09 红字冲销 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 冲销 差旅费 BX202603020000001 -1204.59 CNY',
        '借 2221.01 — — 冲销 进项税额 BX202603020000001 -81.41 CNY',
        '贷 2241 — E10012 冲销 应付职工报销款 BX202603020000001 -1286.00 CNY',
      ),
      text(
        'expense-claim/9007199254740993/2/posting 2026-03 2026-03-09 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 差旅费 BX202603020000001 700.00 CNY',
        '借 2221.01 — — 进项税额 BX202603020000001 36.00 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000001 736.00 CNY',
      ),
    ],
  },
  {
    shows: 'a claim that is approved again as it was stays as it is',
    history: [
      trip,
      { ...trip, version: change(2), changedOn: day('2026-03-09'), accountingDate: day('2026-03-09') },
    ],
    outcome: { kind: 'nothing', why: 'unchanged' },
  },
  {
    shows: 'a claim that was rejected after posting is reversed',
    history: [trip, tripRejected],
    outcome: [
      text(
        'expense-claim/9007199254740993/1/reversal 2026-03 2026-03-07 红字冲销 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 冲销 差旅费 BX202603020000001 -1204.59 CNY',
        '借 2221.01 — — 冲销 进项税额 BX202603020000001 -81.41 CNY',
        '贷 2241 — E10012 冲销 应付职工报销款 BX202603020000001 -1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'after a rejection the same claim is posted as the next revision',
    history: [trip, tripRejected, { ...trip, version: change(3), changedOn: day('2026-03-09') }],
    outcome: [
      text(
        'expense-claim/9007199254740993/2/posting 2026-03 2026-03-05 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 差旅费 BX202603020000001 1204.59 CNY',
        '借 2221.01 — — 进项税额 BX202603020000001 81.41 CNY',
        '贷 2241 — E10012 应付职工报销款 BX202603020000001 1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'a claim that was deleted after posting is reversed',
    history: [trip, tripDeleted],
    outcome: [
      text(
        'expense-claim/9007199254740993/1/reversal 2026-03 2026-03-09 红字冲销 费用报销 BX202603020000001',
        '借 6601 CC-0510 — 冲销 差旅费 BX202603020000001 -1204.59 CNY',
        '借 2221.01 — — 冲销 进项税额 BX202603020000001 -81.41 CNY',
        '贷 2241 — E10012 冲销 应付职工报销款 BX202603020000001 -1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'a row that is cleared out of the OA after posting says nothing: the voucher stands',
    history: [trip, { ...tripDeleted, gone: 'removed' }],
    outcome: { kind: 'nothing', why: 'removed' },
  },
  {
    shows: 'a change that waits for a code leaves the voucher that stands alone',
    history: [trip, { ...cheaperTrip, department: 'D0599' }],
    outcome: {
      kind: 'parked',
      reason: 'not-mapped',
      list: 'department',
      code: 'D0599',
      date: day('2026-03-09'),
    },
  },
  {
    shows: 'an older state that comes again changes nothing',
    history: [cheaperTrip, trip],
    outcome: { kind: 'nothing', why: 'stale' },
  },
  {
    shows: 'goods without an invoice are accrued, without tax',
    history: [receipt],
    outcome: [
      text(
        'purchase-receipt/7301000000000000001/1/posting 2026-03 2026-03-10 采购暂估 RK202603100001',
        '借 6602 CC-0800 — 办公费 RK202603100001 11998.00 CNY',
        '贷 2202 — V0002 暂估应付款 RK202603100001 11998.00 CNY',
      ),
    ],
  },
  {
    shows: 'once they are invoiced the accrual is reversed',
    history: [receipt, { ...receipt, version: change(2), changedOn: day('2026-03-20'), status: 'invoiced' }],
    outcome: [
      text(
        'purchase-receipt/7301000000000000001/1/reversal 2026-03 2026-03-20 红字冲销 采购暂估 RK202603100001',
        '借 6602 CC-0800 — 冲销 办公费 RK202603100001 -11998.00 CNY',
        '贷 2202 — V0002 冲销 暂估应付款 RK202603100001 -11998.00 CNY',
      ),
    ],
  },
  {
    shows: 'a payment by contract: owed to the supplier, and the reserved budget is released',
    history: [hosting],
    outcome: [
      text(
        'contract-payment/7301000000000000003/1/posting 2026-03 2026-03-12 合同付款 FK202603120001',
        '借 5301 CC-0410 — 其他费用 FK202603120001 50000.00 CNY',
        '借 2221.01 — — 进项税额 FK202603120001 3000.00 CNY',
        '贷 2202 — V0004 应付供应商款 FK202603120001 53000.00 CNY',
        '释放预算 2026 CC-0410 other 50000.00 CNY',
      ),
    ],
  },
  {
    shows: 'a contract payment that is withdrawn takes back its release too',
    history: [hosting, { ...hosting, version: change(2), status: 'withdrawn' }],
    outcome: [
      text(
        'contract-payment/7301000000000000003/1/reversal 2026-03 2026-03-12 红字冲销 合同付款 FK202603120001',
        '借 5301 CC-0410 — 冲销 其他费用 FK202603120001 -50000.00 CNY',
        '借 2221.01 — — 冲销 进项税额 FK202603120001 -3000.00 CNY',
        '贷 2202 — V0004 冲销 应付供应商款 FK202603120001 -53000.00 CNY',
        '释放预算 2026 CC-0410 other -50000.00 CNY',
      ),
    ],
  },
  {
    shows: 'a payment clears what was owed',
    history: [payout],
    outcome: [
      text(
        'payment/9007199254741993/1/posting 2026-03 2026-03-06 付款核销 ZF-BX202603020000001-1',
        '借 2241 — E10012 应付职工报销款 ZF-BX202603020000001-1 1286.00 CNY',
        '贷 1002.01 — — 银行转账 ZF-BX202603020000001-1 1286.00 CNY',
      ),
    ],
  },
  {
    shows: 'a payment that the bank sent back is reversed',
    history: [payout, { ...payout, version: change(2), changedOn: day('2026-03-08'), status: 'failed' }],
    outcome: [
      text(
        'payment/9007199254741993/1/reversal 2026-03 2026-03-08 红字冲销 付款核销 ZF-BX202603020000001-1',
        '借 2241 — E10012 冲销 应付职工报销款 ZF-BX202603020000001-1 -1286.00 CNY',
        '贷 1002.01 — — 冲销 银行转账 ZF-BX202603020000001-1 -1286.00 CNY',
      ),
    ],
  },
];

function text(...lines: readonly string[]): string {
  return lines.join('\n');
}
