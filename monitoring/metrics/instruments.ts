import { Counter, Gauge, Histogram } from 'prom-client';
import type { Registry } from 'prom-client';
import { METRICS } from './catalogue.ts';
import type { MetricId } from './catalogue.ts';
import type { CatalogueEntry } from './entry.ts';

type Entry<Id extends MetricId> = (typeof METRICS)[Id];
type Label<Id extends MetricId> = Entry<Id>['labels'][number];

/** One prom-client metric for each entry of the catalogue, with its label names in the type. */
export type Instruments = {
  readonly [Id in MetricId]: Entry<Id>['type'] extends 'counter'
    ? Counter<Label<Id>>
    : Entry<Id>['type'] extends 'gauge'
      ? Gauge<Label<Id>>
      : Histogram<Label<Id>>;
};

/** Computes a gauge at the moment it is scraped. */
export type Collectors = { readonly [Id in MetricId]?: (gauge: Gauge) => void };

/** Registers the whole catalogue. Throws when one of the names is already registered. */
export function createInstruments(registry: Registry, collectors: Collectors): Instruments {
  const entries = (Object.keys(METRICS) as MetricId[]).map(
    (id) => [id, instrument(registry, METRICS[id], collectors[id])] as const,
  );
  return Object.fromEntries(entries) as unknown as Instruments;
}

function instrument(
  registry: Registry,
  entry: CatalogueEntry,
  collect: ((gauge: Gauge) => void) | undefined,
): Counter | Gauge | Histogram {
  const common = { name: entry.name, help: entry.help, labelNames: [...entry.labels], registers: [registry] };
  switch (entry.type) {
    case 'counter':
      return new Counter(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...entry.buckets] });
    case 'gauge':
      if (collect === undefined) return new Gauge(common);
      return new Gauge({
        ...common,
        collect() {
          collect(this);
        },
      });
  }
}
