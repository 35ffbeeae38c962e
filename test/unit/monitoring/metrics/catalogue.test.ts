import { readFile } from 'node:fs/promises';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { METRICS } from '../../../../monitoring/metrics/catalogue.ts';
import type { CatalogueEntry } from '../../../../monitoring/metrics/entry.ts';
import { metricsDocument } from '../../../../monitoring/metrics/document.ts';
import { createInstruments } from '../../../../monitoring/metrics/instruments.ts';

const entries: readonly CatalogueEntry[] = Object.values(METRICS);
const root = new URL('../../../../', import.meta.url);

describe('the metric catalogue', () => {
  test.each(entries.map((entry) => [entry.name, entry] as const))(
    '%s follows the naming rules',
    (name, entry) => {
      expect(name).toMatch(/^counterfoil_[a-z]+(_[a-z]+)*$/);
      expect(name.endsWith('_total')).toBe(entry.type === 'counter');
      expect(name).not.toMatch(/_(ms|milliseconds|minutes|percent|kilobytes)(_|$)/);
      expect(entry.help.length).toBeGreaterThan(20);
    },
  );

  test('no label can hold keys or values of rows', () => {
    const known = new Set(['route', 'topic', 'table', 'stage', 'outcome', 'rule', 'code', 'leg', 'state']);
    for (const label of ['connector', 'verdict', 'kind', 'posting', 'feed', 'target', 'reception'])
      known.add(label);
    known.add('mode');
    for (const entry of entries) for (const label of entry.labels) expect(known).toContain(label);
  });

  test('buckets rise', () => {
    for (const entry of entries) {
      if (entry.type !== 'histogram') continue;
      expect([...entry.buckets]).toEqual([...new Set(entry.buckets)].sort((a, b) => a - b));
    }
  });

  test('every entry becomes a metric of its type', async () => {
    const registry = new Registry();
    createInstruments(registry, {});
    const text = await registry.metrics();
    for (const entry of entries) expect(text).toContain(`# TYPE ${entry.name} ${entry.type}`);
  });

  test('docs/metrics.md is current: node --import tsx monitoring/metrics/write-document.ts', async () => {
    const committed = await readFile(new URL('docs/metrics.md', root), 'utf8');
    expect(committed).toBe(metricsDocument());
    for (const entry of entries) expect(committed).toContain(`### \`${entry.name}\``);
  });
});

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

describe('the alert rules', () => {
  async function rules(): Promise<readonly Rule[]> {
    const text = await readFile(new URL('monitoring/alerts/counterfoil.rules.yml', root), 'utf8');
    return (parse(text) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules);
  }

  test('each asks only for metrics of the catalogue', async () => {
    const names = new Set<string>(entries.map(({ name }) => name));
    for (const { alert, expr } of await rules()) {
      const asked = expr.match(/counterfoil_[a-z_]+/g) ?? [];
      expect([alert, asked.length > 0]).toEqual([alert, true]);
      for (const name of asked) expect([alert, names.has(name) ? name : undefined]).toEqual([alert, name]);
    }
  });

  test('each says what it means and what to do', async () => {
    for (const { alert, labels, annotations } of await rules()) {
      expect([alert, Object.keys(annotations).sort()]).toEqual([alert, ['action', 'meaning', 'summary']]);
      expect(['warning', 'critical']).toContain(labels['severity']);
    }
  });

  test('there is one for each thing that must page somebody', async () => {
    const alerts = (await rules()).map(({ alert }) => alert);
    expect(alerts).toEqual(
      expect.arrayContaining([
        'CounterfoilMismatch',
        'CounterfoilInconclusive',
        'CounterfoilDeadLetters',
        'CounterfoilRouteStopped',
        'CounterfoilConnectorFailed',
        'CounterfoilNoCheck',
        'CounterfoilLag',
      ]),
    );
  });
});

describe('the dashboard', () => {
  test('asks only for metrics that there are', async () => {
    const text = await readFile(new URL('monitoring/dashboards/counterfoil.json', root), 'utf8');
    const { panels } = JSON.parse(text) as { panels: { id: number; targets: { expr: string }[] }[] };
    const names = new Set<string>(
      entries.flatMap((entry) => (entry.type === 'histogram' ? [`${entry.name}_bucket`] : [entry.name])),
    );
    const asked = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/counterfoil_[a-z_]+/g) ?? []),
    );
    expect(asked.length).toBeGreaterThan(10);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
