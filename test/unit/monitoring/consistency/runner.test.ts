import { emitReport, runChecks } from '../../../../monitoring/consistency/runner.ts';
import type { CheckedRoute, Checker } from '../../../../monitoring/consistency/checked-route.ts';
import type { CheckReport } from '../../../../monitoring/consistency/report.ts';
import { recorder } from '../fixtures.ts';

function report(route: string, verdict: CheckReport['verdict'], reason: string | null = null): CheckReport {
  return {
    ...{ route, verdict, reason: null, unknownTables: [], rounds: 1, seconds: 2 },
    fence: { position: null, passed: true, waitedSeconds: 0 },
    tables: [
      {
        ...{ table: 'ap.claim', verdict, reason, rowsCompared: 9, missing: 1, extra: 2, different: 3 },
        kept: 0,
        keys: [{ key: '["secret"]', kind: 'missing', columns: [], code: null }],
      },
    ],
  };
}

const routes = ['a', 'b'].map((name) => ({ name }) as CheckedRoute);

describe('emitReport', () => {
  test('tells each table, then the route with the reason of its verdict, and no keys', () => {
    const telemetry = recorder();
    emitReport(telemetry, report('a', 'mismatch', 'look there'));
    expect(telemetry.events).toEqual([
      {
        ...{ type: 'check-finished', route: 'a', table: 'ap.claim', verdict: 'mismatch', rowsCompared: 9 },
        ...{ missing: 1, extra: 2, different: 3, seconds: 2, reason: 'look there' },
      },
      { type: 'route-check-finished', route: 'a', verdict: 'mismatch', seconds: 2, reason: 'look there' },
    ]);
  });
});

describe('runChecks', () => {
  test('checks one route after the other, again and again, and never two at once', async () => {
    const telemetry = recorder();
    const controller = new AbortController();
    let running = 0;
    const checked: string[] = [];
    const checker: Checker = {
      async check({ name }) {
        running += 1;
        expect(running).toBe(1);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        checked.push(name);
        return report(name, 'match');
      },
    };
    await runChecks({
      ...{
        routes,
        checker,
        telemetry,
        intervalSeconds: 0.001,
        deadlineSeconds: 1,
        signal: controller.signal,
      },
      onReport: () => {
        if (checked.length === 5) controller.abort();
      },
    });
    expect(checked.slice(0, 5)).toEqual(['a', 'b', 'a', 'b', 'a']);
    const scheduled = telemetry.events.filter(({ type }) => type === 'check-scheduled');
    expect(scheduled.map((event) => event.type === 'check-scheduled' && event.route)).toEqual(['a', 'b']);
    expect(telemetry.events.filter(({ type }) => type === 'route-check-finished')).toHaveLength(5);
  });

  test('a check that was cancelled by the end of the process is not told', async () => {
    const telemetry = recorder();
    const controller = new AbortController();
    const checker: Checker = {
      check: ({ name }) => {
        controller.abort();
        return Promise.resolve(report(name, 'inconclusive'));
      },
    };
    await runChecks({
      routes,
      checker,
      telemetry,
      intervalSeconds: 0,
      deadlineSeconds: 1,
      signal: controller.signal,
    });
    expect(telemetry.events.map(({ type }) => type)).toEqual(['check-scheduled', 'check-scheduled']);
  });

  test('ends at once while it waits for the next round', async () => {
    const controller = new AbortController();
    const checker: Checker = { check: () => Promise.reject(new Error('not yet')) };
    const run = runChecks({
      ...{ routes, checker, telemetry: recorder(), intervalSeconds: 3_600, deadlineSeconds: 1 },
      signal: controller.signal,
    });
    controller.abort();
    await run;
  });
});
