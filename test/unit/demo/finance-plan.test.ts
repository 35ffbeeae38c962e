import fc from 'fast-check';
import {
  paymentNo, planPayment, planSettlement, type Payable,
} from '../../../stack/demo/activity/finance-plan.ts'; // prettier-ignore
import { parseCents } from '../../../stack/demo/activity/money.ts';

const approved = {
  id: fc.bigInt(2n ** 53n, 2n ** 62n),
  number: fc.stringMatching(/^(BX|FK)\d{15}$/),
  title: fc.string(),
  currency: fc.constantFrom('CNY', 'USD', 'EUR'),
  totalCents: fc.bigInt(1n, 10n ** 15n),
  approvedAt: fc.constant('2026-01-30 18:29:59'),
};
const payables: fc.Arbitrary<Payable> = fc.oneof(
  fc.record({
    ...{ kind: fc.constant('expense-claim' as const), ...approved, payeeNo: fc.constant('E10001') },
    ...{ costCenter: fc.constant('CC-0510'), expenseAccount: fc.constant('6601') },
  }),
  fc.record({
    ...{ kind: fc.constant('contract-payment' as const), ...approved, payeeNo: fc.constant('V0004') },
    vendorId: fc.uuid(),
  }),
);

test('every voucher balances to the cent, each entry on one side', () => {
  fc.assert(
    fc.property(payables, fc.integer(), (payable, seed) => {
      const { entries, payment } = planPayment(payable, seed);
      const sides = entries.map(
        (row) => [parseCents(String(row['debit'])), parseCents(String(row['credit']))] as const,
      );
      expect(sides.length).toBeGreaterThanOrEqual(2);
      for (const [debit, credit] of sides) {
        expect(debit >= 0n && credit >= 0n).toBe(true);
        expect((debit === 0n) !== (credit === 0n)).toBe(true);
      }
      const debits = sides.reduce((sum, [debit]) => sum + debit, 0n);
      expect(debits).toBe(sides.reduce((sum, [, credit]) => sum + credit, 0n));
      expect(debits).toBe(parseCents(String(payment['amount'])));
      expect(entries.map((row) => row['line_no'])).toEqual(entries.map((_, index) => index + 1));
    }),
  );
});

test('the plan follows from document and seed, whenever the document arrives', () => {
  fc.assert(
    fc.property(payables, fc.integer(), (payable, seed) => {
      expect(planPayment(payable, seed)).toEqual(planPayment({ ...payable }, seed));
    }),
  );
});

test('nothing is paid before it was approved, nor cash above the limit', () => {
  fc.assert(
    fc.property(payables, fc.integer(), (payable, seed) => {
      const { payment, voucherDate } = planPayment(payable, seed);
      expect(Date.parse(String(payment['requested_at']).replace(' ', 'T'))).toBeGreaterThan(
        Date.parse('2026-01-30T18:29:59+08:00'),
      );
      expect(String(payment['requested_at']).slice(0, 10)).toBe(voucherDate);
      if (payable.totalCents > 50_000n) expect(payment['method']).not.toBe('petty_cash');
    }),
  );
});

test('a payment says what it settles; a supplier is paid what is owed to it, by transfer', () => {
  fc.assert(
    fc.property(payables, fc.integer(), (payable, seed) => {
      const { entries, payment } = planPayment(payable, seed);
      expect(payment).toMatchObject({ document_kind: payable.kind, document_id: payable.id });
      if (payable.kind === 'expense-claim') return;
      expect(payment['method']).toBe('bank_transfer');
      expect(entries.map((row) => [row['account_code'], row['vendor_id']])).toEqual([
        ['2202', payable.vendorId],
        ['1002.01', null],
      ]);
    }),
  );
});

describe('settlement', () => {
  const settle = (claim: number, attempt: number, method = 'bank_transfer') => {
    const payment = {
      paymentNo: paymentNo(`BX${claim}`, attempt),
      attempt,
      method,
      requestedAt: '2026-02-01 10:00:00',
    };
    return planSettlement(payment, 1);
  };
  const many = Array.from({ length: 500 }, (_, claim) => claim);

  test('some transfers fail, with a reason; the third attempt never does, so every claim is paid in the end', () => {
    const failed = many.map((claim) => settle(claim, 1)).filter(({ status }) => status === 'failed');
    expect(failed.length).toBeGreaterThan(20);
    expect(failed.length).toBeLessThan(100);
    expect(many.every((claim) => settle(claim, 3).status === 'paid')).toBe(true);
  });

  test('cash and cards do not fail, and have no bank reference', () => {
    for (const claim of many) {
      expect(settle(claim, 1, 'petty_cash')).toMatchObject({ status: 'paid', bankReference: null });
    }
    expect(settle(1, 3)).toMatchObject({
      bankReference: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as string,
    });
  });

  test('it comes after the request', () => {
    for (const claim of many) expect(settle(claim, 1).at > '2026-02-01 10:00:59').toBe(true);
  });
});
