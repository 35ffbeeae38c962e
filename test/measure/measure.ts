import { cpus, loadavg, totalmem } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { DEMO_DATABASES } from '../../app/demo/local-stack.ts';
import { MetricsView } from '../../app/demo/metrics-view.ts';
import { createActivity } from '../../stack/demo/activity/activity.ts';
import type { Activity } from '../../stack/demo/activity/activity.ts';
import type { Happening } from '../../stack/demo/activity/totals.ts';
import type { Office } from '../support/office.ts';
import { counterfoil } from '../support/pipeline.ts';
import { say } from '../support/timed-say.ts';
import { Awaited, latencyOf, undisturbed } from './awaited.ts';
import type { Codes } from './codes.ts';
import { FaultyProduct } from './faults.ts';
import { judge } from './judge.ts';
import type { Judgement } from './judge.ts';
import type { Wanted } from './options.ts';
import type { Measured, Way } from './report.ts';
import { Witness } from './witness.ts';

/** How often the witness looks: a wait is measured longer by at most as much as this and what a look takes. */
const LOOK_MS = 50;
const AT_ONCE = 2_000;
const STEP_MS = 10_000;
/** What waited at some time from the start or a fault until so much later is not counted among what is undisturbed. */
const DISTURBED_MS = 60_000;
const SETTLE_MS = 2_000;
/** What has not come to rest by then is reported as it is. */
const PATIENCE_MS = 900_000;

const KINDS: Readonly<Record<string, string>> = {
  expense_claim: 'expense-claim',
  contract_payment: 'contract-payment',
};

/** Lets the office work until so many documents are due, and all of them, paid, in the books. */
export async function measure(
  office: Office,
  wanted: Wanted,
  codes: Codes,
  signal: AbortSignal,
): Promise<Measured> {
  const witness = await Witness.open(office);
  const product = await FaultyProduct.start(office, witness);
  signal.throwIfAborted();
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
  try {
    return await new Run(office, wanted, witness, product, codes).go(stopped);
  } finally {
    await witness.close();
  }
}

class Run {
  readonly #documents = new Awaited();
  readonly #payments = new Awaited();
  readonly #enough = new AbortController();
  readonly #loads: number[] = [];
  readonly #activity: Activity;
  readonly #started = Date.now();
  #due = 0;
  #memory = 0;
  #parked = 0;

  constructor(
    private readonly office: Office,
    private readonly wanted: Wanted,
    private readonly witness: Witness,
    private readonly product: FaultyProduct,
    private readonly codes: Codes,
  ) {
    const { mariadb, postgres } = office.local.stack.addresses;
    this.#activity = createActivity({
      oa: { ...mariadb, ...office.local.people.oa.app, database: DEMO_DATABASES.oa },
      finance: { ...postgres, ...office.local.people.finance.app, database: DEMO_DATABASES.finance },
      ...{ rate: wanted.rate, seed: 5 },
      onHappening: (happening) => {
        this.#happened(happening);
      },
    });
  }

  async go(stopped: Promise<never>): Promise<Measured> {
    const done = new AbortController();
    const watching = [this.#look(done.signal), this.#step(done.signal)];
    const times = await Promise.race([
      this.#work(),
      this.product.failed,
      stopped,
      ...watching.map(unlessFailed),
    ]).finally(() => {
      this.#enough.abort();
      done.abort();
    });
    await Promise.all(watching);
    const books = await this.#judge(false);
    say('finance adds the code');
    const added = Date.now();
    await this.codes.addMissing();
    while ((await this.witness.parked()) > 0 && Date.now() < added + PATIENCE_MS) await delay(LOOK_MS);
    const seconds = (Date.now() - added) / 1_000;
    const loads = this.#loads.toSorted((a, b) => a - b);
    const measured: Measured = {
      machine: `${cpus().length.toString()} × ${cpus()[0]?.model ?? 'unknown'}, ${Math.round(totalmem() / 1e9).toString()} GB`,
      versions: await this.witness.versions(),
      wanted: this.wanted,
      minutes: times.settled / 60_000,
      documentsPerSecond: times.documentsPerSecond,
      transactions: this.#activity.totals().oa.committed,
      load: { median: loads[Math.floor(loads.length / 2)] ?? 0, max: loads.at(-1) ?? 0 },
      memoryMb: Math.round(this.#memory / 1e6),
      faults: this.#faults(),
      approvalToVoucher: this.#way(this.#documents),
      paymentToOa: this.#way(this.#payments),
      vouchers: await this.witness.vouchers(),
      parked: this.#parked,
      books,
      afterTheCode: { ...(await this.#judge(true)), seconds },
      check: await this.#check(),
    };
    await this.product.drain();
    return measured;
  }

  /** How many documents came due while the office worked, and how long it took until all was done. */
  async #work(): Promise<{ readonly documentsPerSecond: number; readonly settled: number }> {
    await this.#activity.run({ signal: this.#enough.signal });
    const documentsPerSecond = (1_000 * this.#due) / (Date.now() - this.#started);
    say('enough documents are due; finance pays what has arrived');
    await this.#settle();
    return { documentsPerSecond, settled: Date.now() - this.#started };
  }

  #happened(happening: Happening): void {
    if (happening.side === 'finance') {
      if (happening.action !== 'settle') return;
      this.#payments.add(happening.paymentId.toString());
      this.#countDue();
      return;
    }
    const { action, outcome, finished, targetType, targetId } = happening;
    const received = action === 'receive-goods' && outcome === 'committed';
    if (!finished && !received) return;
    const kind = received ? 'purchase-receipt' : (KINDS[targetType] ?? targetType);
    this.#documents.add(`${kind}/${targetId.toString()}`);
    this.#countDue();
  }

  #countDue(): void {
    this.#due += 1;
    if (this.#due >= this.wanted.documents) this.#enough.abort();
  }

  async #look(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { posted, parked, gone } = await this.witness.decided(this.#documents.ids(AT_ONCE));
      this.#documents.seen(posted);
      this.#documents.forget([...parked, ...gone]);
      this.#parked += parked.length;
      this.#payments.seen(await this.witness.shown(this.#payments.ids(AT_ONCE)));
      await delay(LOOK_MS);
    }
  }

  /** Faults when it is time for them, and where things stand now and then. */
  async #step(signal: AbortSignal): Promise<void> {
    const { documents, faults } = this.wanted;
    const from = { documents: 0, payments: 0 };
    while (!signal.aborted) {
      await delay(STEP_MS, undefined, { signal }).catch(() => undefined);
      const founded = await this.codes.addDepartments(await this.witness.departments());
      if (founded > 0) say(`finance adds the codes of ${founded.toString()} new departments`);
      const [load = 0] = loadavg();
      this.#loads.push(load);
      const view = await this.product.metrics().then(
        (text) => new MetricsView(text),
        () => null,
      );
      this.#memory = Math.max(this.#memory, view?.max('process_resident_memory_bytes') ?? 0);
      const lately = latencyOf(this.#documents.passed().slice(from.documents));
      const back = latencyOf(this.#payments.passed().slice(from.payments));
      from.documents += lately.seen;
      from.payments += back.seen;
      const ms = ({ seen, p50, p99 }: typeof lately) =>
        `${seen.toString()} in ${p50.toString()} / ${p99.toString()} ms`;
      say(
        `${this.#due.toString()} of ${documents.toString()} due; to the books ${ms(lately)}, ${this.#documents.waiting.toString()} wait; ` +
          `back ${ms(back)}, ${this.#payments.waiting.toString()} wait; load ${load.toFixed(1)}`,
      );
      const struck = this.product.faults.length;
      if (struck >= faults || this.#due < ((struck + 1) * documents) / (faults + 1)) continue;
      await this.product.strike();
      say(this.product.faults.at(-1)?.what ?? '');
    }
  }

  /** Until the books have nothing to do and finance nothing to pay, for longer than a step: it adds codes. */
  async #settle(): Promise<void> {
    let before = -1;
    let rested = 0;
    const deadline = Date.now() + PATIENCE_MS;
    while (rested * SETTLE_MS <= STEP_MS && Date.now() < deadline) {
      const { finance } = await this.#activity.payArrived();
      const done = Object.values(finance).reduce((sum, count) => sum + count, 0);
      const rests = (await this.witness.pending()) === 0 && this.#payments.waiting === 0 && done === before;
      rested = rests ? rested + 1 : 0;
      before = done;
      await delay(SETTLE_MS);
    }
  }

  async #judge(codeIsThere: boolean): Promise<Judgement> {
    const due = await this.witness.due();
    const booked = await this.witness.booked();
    return judge(codeIsThere ? due.map((each) => ({ ...each, missingCode: false })) : due, booked);
  }

  #way(awaited: Awaited): Way {
    const passed = awaited.passed();
    // All is cold at the start, and nothing is decided until a first heartbeat has come the whole way.
    const faultsAt = [this.#started, ...this.product.faults.map(({ at }) => at)];
    return { all: latencyOf(passed), undisturbed: latencyOf(undisturbed(passed, faultsAt, DISTURBED_MS)) };
  }

  #faults() {
    const passed = this.#documents.passed();
    return this.product.faults.map(({ what, at }) => ({
      what,
      second: Math.round((at - this.#started) / 1_000),
      longestMs: latencyOf(passed.filter(({ dueAt, seenAt }) => seenAt >= at && dueAt <= at + DISTURBED_MS))
        .max,
    }));
  }

  async #check(): Promise<string> {
    const { exitCode, stdout } = await counterfoil(
      'check',
      '--deadline',
      '600',
      '--config',
      this.office.configFile,
    );
    if (exitCode === 0) return 'match';
    say(stdout);
    return `exit code ${String(exitCode)}`;
  }
}

/** Work that ends only when it is told to: of interest is that it fails. */
async function unlessFailed(work: Promise<void>): Promise<never> {
  await work;
  return new Promise<never>(() => undefined);
}
