import { FOREIGN_SUPPLIER, SUPPLIERS } from '../suppliers.ts';
import { dateOf, wallClock } from './clock.ts';
import { formatCents, share, toForeign, type Currency } from './money.ts';
import type { OrderLine, PurchaseOrder, PurchaseRequest, Receipt, ReceivedLine } from './office-model.ts';
import type { PlanContext, Step } from './plan.ts';
import { expenseTypeOf, REMARKS } from './vocabulary.ts';
import type { Row, Write } from './writes.ts';

const RECEIPT_CHANGES = [
  ['invoice', 60],
  ['correct', 25],
  ['cancel', 15],
] as const;

/** An order of what an approved request asked for, at the prices agreed with the supplier. */
export function planOrder(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const request = random.pick(model.requests.filter(({ status }) => status === 'approved'));
  const supplier = SUPPLIERS.find(({ name }) => name === request.supplierName) ?? random.pick(SUPPLIERS);
  const currency: Currency = supplier.code === FOREIGN_SUPPLIER ? 'USD' : 'CNY';
  const id = ids.next();
  const buyer = random.pick(model.staff);
  const lines = request.lines.map((line): OrderLine => {
    const agreed = share(line.unitCents, BigInt(random.int(90, 105)), 100n);
    const unitCents = currency === 'CNY' ? agreed : toForeign(agreed, currency);
    const { lineNo, quantity, item } = line;
    const expenseType = expenseTypeOf(item);
    return { lineNo, expenseType, quantity, received: 0, unitCents: unitCents > 0n ? unitCents : 1n };
  });
  const order: PurchaseOrder = {
    id,
    requestId: request.id,
    departmentCode: request.departmentCode,
    supplierCode: supplier.code,
    currency,
    lines,
    receipts: [],
  };
  const header: Row = {
    id,
    order_no: `PO${dateOf(moment).replaceAll('-', '')}${String(context.take('order')).padStart(7, '0')}`,
    request_id: request.id,
    buyer_no: buyer.employeeNo,
    department_code: request.departmentCode,
    supplier_code: supplier.code,
    supplier_name: supplier.name,
    currency,
    total_amount: formatCents(lines.reduce((sum, line) => sum + amountOf(line, line.quantity), 0n)),
    status: 'open',
    ordered_on: dateOf(moment),
    deliver_by: random.chance(0.8) ? dateOf(moment, random.int(3, 60)) : null,
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 3),
  };
  const rows = lines.map((line, index): Row => {
    const asked = request.lines[index];
    return {
      order_id: id,
      line_no: line.lineNo,
      item_name: asked?.item ?? '',
      spec: asked?.spec ?? null,
      expense_type: line.expenseType,
      unit: asked?.unit ?? '',
      quantity: quantityText(line.quantity),
      received: quantityText(0),
      unit_price: priceText(line),
      amount: formatCents(amountOf(line, line.quantity)),
    };
  });
  return {
    ...step(buyer.employeeNo, order, order, [
      closing(context, request),
      { kind: 'insert', table: 'purchase_order', rows: [header] },
      { kind: 'insert', table: 'purchase_order_line', rows },
    ]),
    changes: [
      { kind: 'request', id: request.id, now: null },
      { kind: 'order', id, now: order },
    ],
  };
}

/** Goods for an order: mostly all that is missing, else a part. */
export function planReceipt(context: PlanContext): Step {
  const { random, moment, ids, model } = context;
  const order = random.pick(model.orders.filter(isMissingGoods));
  const all = random.chance(0.6);
  const missing = order.lines.filter((line) => line.quantity > line.received);
  const first = random.pick(missing);
  const received = missing.flatMap((line): ReceivedLine[] => {
    const left = line.quantity - line.received;
    const quantity = all ? left : random.int(line === first ? 1 : 0, left);
    return quantity === 0 ? [] : [{ lineNo: line.lineNo, quantity }];
  });
  const keeper = random.pick(model.staff);
  const receipt: Receipt = { id: ids.next(), lines: received };
  const { rows, totalCents } = receiptLines(order, receipt);
  const header: Row = {
    id: receipt.id,
    receipt_no: `RK${dateOf(moment).replaceAll('-', '')}${String(context.take('receipt')).padStart(7, '0')}`,
    order_id: order.id,
    keeper_no: keeper.employeeNo,
    department_code: order.departmentCode,
    supplier_code: order.supplierCode,
    currency: order.currency,
    total_amount: formatCents(totalCents),
    status: 'received',
    remark: random.pick(REMARKS),
    received_at: wallClock(moment, 3),
    created_at: wallClock(moment, 0),
    updated_at: wallClock(moment, 3),
  };
  const now = { ...moved(order, received, 1), receipts: [...order.receipts, receipt] };
  return receiptStep(keeper.employeeNo, receipt, order, now, [
    { kind: 'insert', table: 'goods_receipt', rows: [header] },
    { kind: 'insert', table: 'goods_receipt_line', rows },
    ...receivedUpdates(order, now),
  ]);
}

/** What becomes of a receipt: its invoice comes, it was counted wrong, or the goods go back. */
export function planReceiptChange(context: PlanContext): Step {
  const { random, model } = context;
  const order = random.pick(model.orders.filter(({ receipts }) => receipts.length > 0));
  const receipt = random.pick(order.receipts);
  const change = random.weighted(RECEIPT_CHANGES);
  if (change === 'correct') return correction(context, order, receipt);
  const receipts = order.receipts.filter(({ id }) => id !== receipt.id);
  const keeper = random.pick(model.staff).employeeNo;
  if (change === 'cancel') {
    const now = { ...moved(order, receipt.lines, -1), receipts };
    const update = receiptUpdate(context, receipt, { status: 'cancelled' });
    return receiptStep(keeper, receipt, order, now, [update, ...receivedUpdates(order, now)]);
  }
  const update = receiptUpdate(context, receipt, { status: 'invoiced' });
  const now = { ...order, receipts };
  if (receipts.length > 0 || isMissingGoods(order)) return receiptStep(keeper, receipt, order, now, [update]);
  return receiptStep(keeper, receipt, order, null, [update, closedOrder(context, order)]);
}

/** Lines deleted and inserted under the same keys in one transaction, with other quantities. */
function correction(context: PlanContext, order: PurchaseOrder, receipt: Receipt): Step {
  const { random, model } = context;
  const before = moved(order, receipt.lines, -1);
  const lines = receipt.lines.map(({ lineNo }): ReceivedLine => {
    const line = lineOf(before, lineNo);
    return { lineNo, quantity: random.int(1, line.quantity - line.received) };
  });
  const corrected: Receipt = { ...receipt, lines };
  const now = {
    ...moved(before, lines, 1),
    receipts: order.receipts.map((each) => (each.id === receipt.id ? corrected : each)),
  };
  const { rows, totalCents } = receiptLines(order, corrected);
  return receiptStep(random.pick(model.staff).employeeNo, receipt, order, now, [
    receiptUpdate(context, receipt, { total_amount: formatCents(totalCents) }),
    { kind: 'delete', table: 'goods_receipt_line', where: { receipt_id: receipt.id } },
    { kind: 'insert', table: 'goods_receipt_line', rows },
    ...receivedUpdates(order, now),
  ]);
}

export function isMissingGoods({ lines }: PurchaseOrder): boolean {
  return lines.some(({ quantity, received }) => quantity > received);
}

function moved(order: PurchaseOrder, goods: readonly ReceivedLine[], sign: 1 | -1): PurchaseOrder {
  const quantities = new Map(goods.map(({ lineNo, quantity }) => [lineNo, quantity]));
  return {
    ...order,
    lines: order.lines.map((line) => ({
      ...line,
      received: line.received + sign * (quantities.get(line.lineNo) ?? 0),
    })),
  };
}

/** What is received of each line, where it has changed. */
function receivedUpdates(before: PurchaseOrder, after: PurchaseOrder): Write[] {
  return after.lines
    .filter(({ lineNo, received }) => lineOf(before, lineNo).received !== received)
    .map(({ lineNo, received }) => ({
      kind: 'update',
      table: 'purchase_order_line',
      where: { order_id: after.id, line_no: lineNo },
      set: { received: quantityText(received) },
    }));
}

function receiptLines(order: PurchaseOrder, { id, lines }: Receipt): { rows: Row[]; totalCents: bigint } {
  let totalCents = 0n;
  const rows = lines.map(({ lineNo, quantity }): Row => {
    const line = lineOf(order, lineNo);
    const cents = amountOf(line, quantity);
    totalCents += cents;
    return {
      receipt_id: id,
      line_no: lineNo,
      expense_type: line.expenseType,
      quantity: quantityText(quantity),
      unit_price: priceText(line),
      amount: formatCents(cents),
    };
  });
  return { rows, totalCents };
}

function lineOf({ lines }: PurchaseOrder, wanted: number): OrderLine {
  const line = lines.find(({ lineNo }) => lineNo === wanted);
  if (line === undefined) throw new RangeError(`the order has no line ${wanted}`);
  return line;
}

function amountOf({ unitCents }: OrderLine, quantity: number): bigint {
  return unitCents * BigInt(quantity);
}

function quantityText(quantity: number): string {
  return `${quantity}.000`;
}

function priceText({ unitCents }: OrderLine): string {
  return `${formatCents(unitCents)}00`;
}

function closing({ moment }: PlanContext, { id, status, revision }: PurchaseRequest): Write {
  return {
    kind: 'update',
    table: 'purchase_request',
    where: { id, status, revision },
    set: { status: 'closed', updated_at: wallClock(moment, 3) },
  };
}

function closedOrder({ moment }: PlanContext, { id }: PurchaseOrder): Write {
  return {
    kind: 'update',
    table: 'purchase_order',
    where: { id, status: 'open' },
    set: { status: 'closed', updated_at: wallClock(moment, 3) },
  };
}

function receiptUpdate({ moment }: PlanContext, { id }: Receipt, set: Row): Write {
  return {
    kind: 'update',
    table: 'goods_receipt',
    where: { id, status: 'received' },
    set: { ...set, updated_at: wallClock(moment, 3) },
  };
}

function receiptStep(
  operatorNo: string,
  receipt: Receipt,
  order: PurchaseOrder,
  now: PurchaseOrder | null,
  writes: readonly Write[],
): Step {
  return { ...step(operatorNo, order, now, writes), target: { type: 'goods_receipt', id: receipt.id } };
}

function step(
  operatorNo: string,
  order: PurchaseOrder,
  now: PurchaseOrder | null,
  writes: readonly Write[],
): Step {
  return {
    operatorNo,
    target: { type: 'purchase_order', id: order.id },
    root: order.requestId,
    writes,
    changes: [{ kind: 'order', id: order.id, now }],
  };
}
