import { METRICS } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

const INTRODUCTION = `# Metrics

Served in the Prometheus text format at \`/metrics\`, together with the default metrics of prom-client (process memory and
CPU, event loop lag, garbage collection). This page is written from \`monitoring/metrics/catalogue.ts\`; a test fails when
it is out of date. After a change to the catalogue: \`node --import tsx monitoring/metrics/write-document.ts\`.

Names follow the Prometheus conventions: base units in the name, \`_total\` for counters. Labels hold names of routes,
topics, tables, codes and states, never keys or values of rows. Alert rules: \`monitoring/alerts/counterfoil.rules.yml\`.
`;

const READING = `## How to read them

- **Lag** is computed when it is scraped. A partition counts as complete up to the newest change that was applied from
  it; while nothing is left to read in it, up to the newest change seen by the route in any partition, which the source's
  heartbeat renews every second. So an idle table shows the age of the last heartbeat, and a dead connector shows lag that
  grows by a second each second, even when the source is quiet.
- **Latency** below zero means that the clocks of two machines disagree; such values are counted in
  \`counterfoil_negative_latencies_total\`.
- **Events**: each event that was read ends in exactly one outcome, so that
  \`sum by (route) (counterfoil_events_total{outcome!="read"})\` equals \`counterfoil_events_total{outcome="read"}\`.
- **Mismatched rows** keep the figures of the last check that came to a verdict: an inconclusive check does not clear them.
`;

/** The text of docs/metrics.md. */
export function metricsDocument(): string {
  const entries: readonly CatalogueEntry[] = Object.values(METRICS);
  return [INTRODUCTION, READING, '## Catalogue\n', ...entries.map(section)].join('\n');
}

function section(entry: CatalogueEntry): string {
  const labels = entry.labels.map((label) => `\`${label}\``).join(', ');
  const lines = [`### \`${entry.name}\``, '', `A ${entry.type}. ${entry.help}`, '', `Labels: ${labels}.`];
  if (entry.type === 'histogram') lines.push('', `Buckets: ${entry.buckets.join(', ')}.`);
  return `${lines.join('\n')}\n`;
}
