import type { DeployedConnector } from '../../../../connectors/debezium/connect-client.ts';
import { formatStatus, statusOf } from '../../../../connectors/debezium/connector-status.ts';
import type { ConnectorStatus } from '../../../../connectors/debezium/connector-status.ts';
import { watchConnectors } from '../../../../connectors/debezium/watcher.ts';
import type { WatchOptions } from '../../../../connectors/debezium/watcher.ts';
import type { TelemetryEvent } from '../../../../schemas/contract/telemetry.ts';

const TRACE = 'a.B: outer\nCaused by: java.io.EOFException\n';

function connector(state: string, ...tasks: string[]): DeployedConnector {
  const trace = (of: string) => (of === 'FAILED' ? TRACE : null);
  return {
    name: 'oa',
    config: {},
    state,
    trace: trace(state),
    tasks: tasks.map((task, id) => ({ id, state: task, trace: trace(task) })),
  };
}

const up = connector('RUNNING', 'RUNNING');
const down = connector('RUNNING', 'FAILED');

/** What Connect answers at each look (one a second); the last answer is repeated. Undefined: Connect is away. */
async function watch(
  answers: readonly (DeployedConnector | 'missing' | 'away')[],
  looks: number,
  more: Partial<WatchOptions> & { refuseRestarts?: boolean } = {},
) {
  const controller = new AbortController();
  let now = 0;
  const events: (TelemetryEvent & { at: number })[] = [];
  const statuses: ConnectorStatus[] = [];
  const restarts: string[] = [];
  await watchConnectors({
    connectors: ['oa'],
    client: {
      connectors: () => {
        const answer = answers[Math.min(now / 1_000, answers.length - 1)] ?? 'away';
        if (answer === 'away') return Promise.reject(new Error('away'));
        return Promise.resolve(new Map(answer === 'missing' ? [] : [['oa', answer]]));
      },
      restart: (_name, which) => {
        restarts.push(`${which} at ${now}`);
        return more.refuseRestarts ? Promise.reject(new Error('rebalancing')) : Promise.resolve();
      },
    },
    telemetry: { emit: (event) => void events.push({ ...event, at: now }) },
    intervalMs: 1_000,
    backOff: { firstMs: 2_000, maxMs: 8_000, healthyMs: 5_000 },
    clock: {
      now: () => now,
      sleep: (milliseconds) => {
        now += milliseconds;
        if (now >= looks * 1_000) controller.abort();
        return Promise.resolve();
      },
    },
    random: () => 1,
    signal: controller.signal,
    onStatus: (status) => void statuses.push(status),
    ...more,
  });
  const health = events.flatMap((event) =>
    event.type === 'connector-health' ? [`${event.health} at ${event.at}`] : [],
  );
  const restarted = events.flatMap((event) => (event.type === 'connector-restarted' ? [event.attempt] : []));
  return { health, restarted, restarts, statuses, events };
}

describe('the watcher', () => {
  test('says each change of health once', async () => {
    const { health } = await watch([up, up, 'missing', 'away', 'away', up], 8);
    expect(health).toEqual(['running at 0', 'missing at 2000', 'unknown at 3000', 'running at 5000']);
  });

  test('restarts what failed, later and later, and says so', async () => {
    const { health, restarts, restarted } = await watch([up, down], 32);
    expect(health).toEqual(['running at 0', 'failed at 1000']);
    expect(restarts).toEqual([
      'failed at 3000',
      'failed at 7000',
      'failed at 15000',
      'failed at 23000',
      'failed at 31000',
    ]);
    expect(restarted).toEqual([1, 2, 3, 4, 5]);
  });

  test('leaves a connector alone that has lost its position, says what is missing, and when it is over', async () => {
    const gap = { id: 'position-lost', title: 'changes are missing', remedy: 'act' } as const;
    let asked = 0;
    const find = () => Promise.resolve((asked += 1) > 2 && asked < 10 ? gap : null);
    const { events, restarts, statuses } = await watch([up], 30, { gap: { intervalMs: 5_000, find } });
    const health = events.flatMap((event) =>
      event.type === 'connector-health' ? [[event.at, event.health, event.lostPosition?.reason]] : [],
    );
    expect(health).toEqual([
      [0, 'running', undefined],
      [10_000, 'failed', 'changes are missing'],
      [17_000, 'running', undefined],
    ]);
    expect(restarts).toEqual([]);
    expect(formatStatus(statuses)).toContain('remedy: act');
  });

  test('begins again with the short delay when the connector was well for a while', async () => {
    const answers = [...seconds(down, 4), ...seconds(up, 7), down];
    const { restarts } = await watch(answers, 15);
    expect(restarts).toEqual(['failed at 2000', 'failed at 13000']);
  });

  test('goes on when a restart is refused, and does not count it as done', async () => {
    const { restarts, restarted } = await watch([down], 8, { refuseRestarts: true });
    expect(restarts).toEqual(['failed at 2000', 'failed at 6000']);
    expect(restarted).toEqual([]);
  });

  test('says why, without what a trace might quote', async () => {
    const { statuses } = await watch([down], 1);
    expect(statuses[0]).toMatchObject({
      health: 'failed',
      failedTasks: 1,
      failure: { exception: 'java.io.EOFException', known: { id: 'database-unavailable' } },
    });
  });

  test('does not touch a connector that somebody paused or deleted', async () => {
    const { restarts } = await watch([connector('PAUSED', 'PAUSED'), 'missing', connector('STOPPED')], 30);
    expect(restarts).toEqual([]);
  });

  test('ends at once when it is told to before it began', async () => {
    const signal = AbortSignal.abort();
    expect((await watch([up], 3, { signal })).events).toEqual([]);
  });
});

describe('a connector that claims to run', () => {
  const beats = (...progress: bigint[]) => {
    let look = 0;
    return {
      limitMs: 3_000,
      progress: () => Promise.resolve(progress[Math.min(look++, progress.length - 1)] ?? 0n),
    };
  };

  test('but fell silent is failed, and restarted as a whole', async () => {
    const { health, restarts, statuses } = await watch([up], 10, { silence: beats(1n, 2n, 3n) });
    expect(health.slice(0, 3)).toEqual(['running at 0', 'failed at 6000', 'running at 9000']);
    expect(statuses[1]?.failure?.known?.id).toBe('silence');
    expect(restarts).toEqual(['all at 8000']);
  });

  test('and beats is left alone', async () => {
    const progress = Array.from({ length: 30 }, (_, index) => BigInt(index));
    expect((await watch([up], 30, { silence: beats(...progress) })).restarts).toEqual([]);
  });

  test('and makes a snapshot is left alone, however long it takes', async () => {
    expect((await watch([up], 60, { silence: beats(1n) })).restarts).toEqual([]);
  });
});

describe('a connector is', () => {
  test.each([
    ['running', up],
    ['failed', down],
    ['failed', connector('FAILED')],
    ['failed', connector('PAUSED', 'FAILED')],
    ['paused', connector('PAUSED', 'PAUSED')],
    ['paused', connector('STOPPED')],
    ['restarting', connector('RUNNING', 'RESTARTING')],
    ['restarting', connector('UNASSIGNED', 'UNASSIGNED')],
    // A worker that has not started the task yet; or never will.
    ['restarting', connector('RUNNING')],
    ['missing', undefined],
  ])('%s', (health, deployed) => {
    expect(statusOf('oa', deployed).health).toBe(health);
  });

  test('shown with the reason and the remedy of a failure', () => {
    const text = formatStatus([statusOf('oa', down), statusOf('finance', undefined)]);
    expect(text).toBe(
      [
        'oa       failed (0/1 tasks up)',
        '    the connection to the database was lost (java.io.EOFException)',
        '    remedy: see the database and the network; the connector goes on by itself',
        'finance  missing',
      ].join('\n'),
    );
  });
});

function seconds(state: DeployedConnector, count: number): DeployedConnector[] {
  return Array.from({ length: count }, () => state);
}
