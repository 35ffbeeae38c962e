import { groupBy } from '../../../schemas/contract/grouping.ts';
import { isCurrency, parseCents } from './money.ts';
import type { OfficeModel, OrderLine, Receipt, ReceivedLine, RequestLine } from './office-model.ts';
import { submittedMs, text, textOrNull, type Fields, type Read } from './read-fields.ts';

/** Requests that are not ordered yet, and open orders with what has come of them. */
export async function loadPurchases(read: Read): Promise<Pick<OfficeModel, 'requests' | 'orders'>> {
  const openRequests = "purchase_request h WHERE h.status <> 'closed' AND h.delete_time = 0";
  const openOrders = "purchase_order o WHERE o.status = 'open'";
  const requests = await read(`SELECT h.* FROM ${openRequests} ORDER BY h.id`);
  const requestLines = await linesOf(
    read,
    'request_id',
    `SELECT * FROM purchase_request_line WHERE request_id IN (SELECT h.id FROM ${openRequests}) ORDER BY line_no`,
  );
  const orders = await read(`SELECT o.* FROM ${openOrders} ORDER BY o.id`);
  const orderLines = await linesOf(
    read,
    'order_id',
    `SELECT * FROM purchase_order_line WHERE order_id IN (SELECT o.id FROM ${openOrders}) ORDER BY line_no`,
  );
  const receipts = await linesOf(
    read,
    'order_id',
    "SELECT id, order_id FROM goods_receipt WHERE status = 'received' ORDER BY id",
  );
  const receiptLines = await linesOf(
    read,
    'receipt_id',
    `SELECT l.* FROM goods_receipt_line l JOIN goods_receipt r ON r.id = l.receipt_id AND r.status = 'received'
     ORDER BY l.line_no`,
  );
  return {
    requests: requests.map((row) => ({
      id: BigInt(text(row, 'id')),
      applicantNo: text(row, 'applicant_no'),
      departmentCode: text(row, 'department_code'),
      supplierName: textOrNull(row, 'supplier_name'),
      status: row['status'] as 'submitted' | 'rejected' | 'approved',
      revision: Number(row['revision']),
      submittedMs: submittedMs(row),
      lines: (requestLines.get(text(row, 'id')) ?? []).map(requestLineOf),
    })),
    orders: orders.map((row) => {
      const currency = text(row, 'currency');
      return {
        id: BigInt(text(row, 'id')),
        requestId: BigInt(text(row, 'request_id')),
        departmentCode: text(row, 'department_code'),
        supplierCode: text(row, 'supplier_code'),
        currency: isCurrency(currency) ? currency : 'CNY',
        lines: (orderLines.get(text(row, 'id')) ?? []).map(orderLineOf),
        receipts: (receipts.get(text(row, 'id')) ?? []).map((receipt): Receipt => ({
          id: BigInt(text(receipt, 'id')),
          lines: (receiptLines.get(text(receipt, 'id')) ?? []).map(receivedLineOf),
        })),
      };
    }),
  };
}

async function linesOf(
  read: Read,
  key: string,
  sql: string,
): Promise<ReadonlyMap<string, readonly Fields[]>> {
  return groupBy(await read(sql), (row) => text(row, key));
}

function requestLineOf(row: Fields): RequestLine {
  return {
    lineNo: Number(row['line_no']),
    item: text(row, 'item_name'),
    spec: textOrNull(row, 'spec'),
    unit: text(row, 'unit'),
    quantity: Number(row['quantity']),
    unitCents: parseCents(text(row, 'unit_price')),
  };
}

function orderLineOf(row: Fields): OrderLine {
  return {
    lineNo: Number(row['line_no']),
    expenseType: text(row, 'expense_type'),
    quantity: Number(row['quantity']),
    received: Number(row['received']),
    unitCents: parseCents(text(row, 'unit_price')),
  };
}

function receivedLineOf(row: Fields): ReceivedLine {
  return { lineNo: Number(row['line_no']), quantity: Number(row['quantity']) };
}
