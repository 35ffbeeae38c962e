// `npm run measure:faults`: whether checks find what is wrong and audits who has tampered, while rows are written.
import type { AccountReport } from '../../app/accounting/account-report.ts';
import { newSigningKey } from '../../monitoring/audit/keys.ts';
import type { CheckReport } from '../../monitoring/consistency/report.ts';
import type { FreshMirror, Settings } from '../../test/support/fresh-mirror.ts';
import type { Pipeline } from '../../test/support/pipeline.ts';
import { uniqueName } from '../../test/support/stack-file.ts';
import { say } from '../../test/support/timed-say.ts';
import { keepMeasured, machineText } from '../machine/measured.ts';
import { onStage } from '../stage.ts';
import { audit, tamperAndAudit } from './auditing.ts';
import { check, injectAll, judgeCheck, reasonsIn } from './checking.ts';
import { run } from './command.ts';
import { BANK_LINES, ledgerStatements, Reserve } from './ledger.ts';
import { USAGE, wantedOf } from './options.ts';
import type { Wanted } from './options.ts';
import { Place } from './place.ts';
import { isSound, pageOf } from './report.ts';
import type { Measured, Standing } from './report.ts';
import { openSessions } from './sessions.ts';
import { soak } from './soak.ts';
import { LiveWriter } from './writer.ts';

function keepJournal(settings: Settings): void {
  settings['journal'] = {
    signingKey: newSigningKey(),
    ...{ topic: uniqueName('anchors'), anchorSeconds: 2, auditSeconds: 0 },
  };
}

async function measure(mirror: FreshMirror, pipeline: Pipeline, wanted: Wanted): Promise<Measured> {
  const { rows, rate } = wanted;
  const sessions = await openSessions(mirror);
  const writer = await LiveWriter.start(mirror.name, rows, rate);
  try {
    const place = new Place(mirror, sessions, new Reserve(rows));
    return await Promise.race([steps(place, pipeline, writer, wanted), failureOf(writer)]);
  } finally {
    await writer.stop();
    await sessions.close();
  }
}

async function steps(
  place: Place,
  pipeline: Pipeline,
  writer: LiveWriter,
  wanted: Wanted,
): Promise<Measured> {
  const { mirror } = place;
  const { each } = wanted;
  const before = {
    check: standing((await check(mirror)).report),
    audit: standing((await audit(mirror)).report),
  };
  say(`before: the check says ${before.check.verdict}, the audit ${before.audit.verdict}`);
  const injected = await injectAll(place, each);
  const faults = judgeCheck(await check(mirror), injected);
  say(`the check says ${faults.verdict}`);
  await place.heal();
  const soaked = wanted.soak === 0 ? null : await soak(mirror, wanted.soak);
  const tampering = await tamperAndAudit(place, pipeline, writer, each);
  say(`the audit says ${tampering.verdict}`);
  const accounting = (await run<AccountReport>(mirror, 'accounting')).report.verdict;
  return {
    ...{ machine: machineText(), wanted, changesPerSecond: writer.perSecond },
    ...{ before, faults, soaked, tampering, accounting },
  };
}

function standing(report: Pick<CheckReport, 'verdict'> & Parameters<typeof reasonsIn>[0]): Standing {
  return { verdict: report.verdict, reasons: reasonsIn(report) };
}

async function failureOf(writer: LiveWriter): Promise<never> {
  await writer.done;
  return new Promise<never>(() => undefined);
}

function tell(measured: Measured): void {
  keepMeasured('faults', measured, pageOf(measured));
  if (!isSound(measured)) process.exitCode = 1;
}

function wantedOrEnd(): Wanted {
  try {
    const wanted = wantedOf(process.argv.slice(2));
    if (wanted !== null) return wanted;
    process.stdout.write(`${USAGE}\n`);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}

const wanted = wantedOrEnd();
await onStage(
  {
    statements: ledgerStatements(wanted.rows),
    tables: { ledger_entry: wanted.rows, bank_line: BANK_LINES },
    configure: keepJournal,
  },
  async (mirror, pipeline) => {
    tell(await measure(mirror, pipeline, wanted));
  },
);
