import { defineDocument } from '../posting/declaration.ts';
import { COST_LINE_COLUMNS, readCostLine, readLines } from '../posting/read-lines.ts';
import { readTotal } from '../posting/read-total.ts';
import { required, requiredDay } from '../posting/text-row.ts';

export const purchaseReceipt = defineDocument({
  kind: 'purchase-receipt',
  about: 'A purchase receipt 采购入库单 of the OA with its lines: goods that came for an order, without tax.',
  header: {
    id: { namespace: 'oa', name: 'goods_receipt' },
    document: 'id',
    columns: [
      ...['receipt_no', 'supplier_code', 'department_code', 'currency', 'total_amount', 'status'],
      ...['received_at', 'updated_at'],
    ],
  },
  parts: {
    lines: {
      id: { namespace: 'oa', name: 'goods_receipt_line' },
      document: 'receipt_id',
      columns: COST_LINE_COLUMNS,
    },
  },

  proof: { total: 'total_amount', approved: 'received_at' },

  outline: ({ header }) => ({
    status: required(header, 'status'),
    number: required(header, 'receipt_no'),
    // A receipt is cancelled, never deleted.
    flagged: false,
    changedOn: requiredDay(header, 'updated_at'),
  }),

  read(identity, { header, parts: { lines } }, dictionary) {
    const accountingDate = requiredDay(header, 'received_at');
    const read = readTotal(header, 'total_amount', accountingDate, dictionary);
    if (read.kind !== 'total') return read;
    const { total, currency } = read;
    const received = readLines(lines, (line) => readCostLine(line, currency));
    if (received.kind !== 'lines') return received;
    return {
      ...identity,
      kind: 'purchase-receipt',
      changedOn: requiredDay(header, 'updated_at'),
      number: required(header, 'receipt_no'),
      status: required(header, 'status'),
      accountingDate,
      currency: currency.code,
      total,
      party: required(header, 'supplier_code'),
      department: required(header, 'department_code'),
      lines: received.lines,
    };
  },
});
