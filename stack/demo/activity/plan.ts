import { nextMoment, wallClock, type Moment } from './clock.ts';
import {
  planApproval,
  planClaimRemoval,
  planEdit,
  planNewClaim,
  planRejection,
  planResubmission,
  planWithdrawal,
} from './plan-claims.ts';
import { planContractStep, planNewContract } from './plan-contracts.ts';
import { planDepartmentChange, planHire, planStaffChange } from './plan-office.ts';
import { isMissingGoods, planOrder, planReceipt, planReceiptChange } from './plan-orders.ts';
import { editable, planNewPayment, planPaymentEdit, planPaymentStep } from './plan-payments.ts';
import { planNewRequest, planRequestEdit, planRequestStep, undecided } from './plan-purchases.ts';
import { applyChange, type ModelChange, type NumberSeries, type OfficeModel } from './office-model.ts';
import { randomOf, type Random } from './prng.ts';
import { snowflakesAt, type SnowflakeIds } from './snowflake.ts';
import { unreachable } from '../../../schemas/contract/unreachable.ts';
import type { Write } from './writes.ts';

// prettier-ignore
export const OA_ACTIONS = [
  'save-draft', 'submit', 'edit', 'approve', 'reject', 'withdraw', 'resubmit', 'delete-claim',
  'request-purchase', 'edit-request', 'advance-request', 'place-order', 'receive-goods', 'change-receipt',
  'draw-up-contract', 'advance-contract', 'request-payment', 'edit-payment', 'advance-payment',
  'hire', 'change-staff', 'change-department',
] as const;
export type OaAction = (typeof OA_ACTIONS)[number];

/** What an action is planned from. `take` gives out the next number of a series of document numbers. */
export interface PlanContext {
  readonly model: Readonly<OfficeModel>;
  readonly random: Random;
  readonly moment: Moment;
  readonly ids: SnowflakeIds;
  take(series: NumberSeries): number;
}

/**
 * The outcome of planning one kind of action. `finished` marks the approval that finance is to pay. `root` is the document
 * that the target follows from, if it does: what follows from one document stays in order.
 */
export interface Step {
  readonly operatorNo: string;
  readonly target: { readonly type: string; readonly id: bigint };
  readonly root?: bigint;
  readonly writes: readonly Write[];
  readonly changes: readonly ModelChange[];
  readonly finished?: boolean;
}

/** One transaction of the office, complete with its log entry. */
export interface Plan extends Step {
  readonly index: number;
  readonly action: OaAction;
  readonly logId: bigint;
  /** The transaction is done in full and then rolled back: nothing of it may ever be captured. */
  readonly rolledBack: boolean;
}

const ROLLBACK_CHANCE = 0.03;

/**
 * Plans action number `index` and brings the model to the state after it. Depends on nothing but its arguments.
 * The model is changed in place: its clock and numbers always, its documents unless the action is rolled back.
 */
export function planAction(model: OfficeModel, seed: number, index: number): Plan {
  const random = randomOf(seed, index);
  const moment = nextMoment(model.clockMs, random);
  const ids = snowflakesAt(moment.ms);
  const logId = ids.next();
  const context: PlanContext = {
    model,
    random,
    moment,
    ids,
    take: (series) => (model.lastNumber[series] += 1),
  };
  const action = random.weighted(actionWeights(model));
  const step = planStep(action, context);
  const rolledBack = random.chance(ROLLBACK_CHANCE);

  model.clockMs = moment.ms;
  if (!rolledBack) for (const change of step.changes) applyChange(model, change);
  return {
    ...step,
    writes: [...step.writes, logWrite(action, step, logId, context)],
    index,
    action,
    logId,
    rolledBack,
  };
}

/**
 * How likely each action is. What works on open documents becomes likelier the more there are, so that the office
 * keeps up with itself however long it runs; what has nothing to work on has weight 0.
 */
function actionWeights(model: OfficeModel): (readonly [OaAction, number])[] {
  const submitted = model.claims.filter((claim) => claim.status === 'submitted').length;
  const returned = model.claims.length - submitted;
  const onlyWith = (count: number, weight: number): number => (count === 0 ? 0 : weight);
  const pressure = (count: number, weight: number): number => onlyWith(count, weight * (1 + count / 40));
  return [
    ['save-draft', 4],
    ['submit', 24],
    ['edit', onlyWith(model.claims.length, 10)],
    ['approve', pressure(submitted, 22)],
    ['reject', onlyWith(submitted, 5)],
    ['withdraw', onlyWith(submitted, 3)],
    ['resubmit', pressure(returned, 8)],
    ['delete-claim', onlyWith(returned, 2)],
    ['request-purchase', 5],
    ['edit-request', onlyWith(model.requests.length, 2)],
    ['advance-request', pressure(undecided(model).length, 6)],
    ['place-order', pressure(model.requests.length - undecided(model).length, 6)],
    ['receive-goods', pressure(model.orders.filter(isMissingGoods).length, 6)],
    ['change-receipt', pressure(model.orders.filter(({ receipts }) => receipts.length > 0).length, 3)],
    ['draw-up-contract', 3],
    ['advance-contract', pressure(model.contracts.length, 5)],
    ['request-payment', pressure(model.instalments.length, 4)],
    ['edit-payment', onlyWith(editable(model).length, 1)],
    ['advance-payment', pressure(model.payments.length, 8)],
    ['hire', 1],
    ['change-staff', 1.5],
    ['change-department', 0.5],
  ];
}

function planStep(action: OaAction, context: PlanContext): Step {
  switch (action) {
    case 'save-draft':
      return planNewClaim(context, 'draft');
    case 'submit':
      return planNewClaim(context, 'submitted');
    case 'edit':
      return planEdit(context);
    case 'approve':
      return planApproval(context);
    case 'reject':
      return planRejection(context);
    case 'withdraw':
      return planWithdrawal(context);
    case 'resubmit':
      return planResubmission(context);
    case 'delete-claim':
      return planClaimRemoval(context);
    case 'request-purchase':
      return planNewRequest(context);
    case 'edit-request':
      return planRequestEdit(context);
    case 'advance-request':
      return planRequestStep(context);
    case 'place-order':
      return planOrder(context);
    case 'receive-goods':
      return planReceipt(context);
    case 'change-receipt':
      return planReceiptChange(context);
    case 'draw-up-contract':
      return planNewContract(context);
    case 'advance-contract':
      return planContractStep(context);
    case 'request-payment':
      return planNewPayment(context);
    case 'edit-payment':
      return planPaymentEdit(context);
    case 'advance-payment':
      return planPaymentStep(context);
    case 'hire':
      return planHire(context);
    case 'change-staff':
      return planStaffChange(context);
    case 'change-department':
      return planDepartmentChange(context);
    default:
      return unreachable(action);
  }
}

function logWrite(action: OaAction, step: Step, logId: bigint, context: PlanContext): Write {
  const { random, moment } = context;
  return {
    kind: 'insert',
    table: 'operation_log',
    rows: [
      {
        id: logId,
        operator_no: step.operatorNo,
        action,
        target_type: step.target.type,
        target_id: step.target.id,
        client_ip: random.chance(0.9) ? `10.20.${random.int(0, 15)}.${random.int(2, 250)}` : null,
        detail: random.chance(0.3)
          ? JSON.stringify({ 终端: random.pick(['网页', '手机', '企业微信']) })
          : null,
        created_at: wallClock(moment, 6),
      },
    ],
  };
}
