interface MetricBase {
  readonly name: `counterfoil_${string}`;
  readonly help: string;
  readonly labels: readonly string[];
}

interface CounterEntry extends MetricBase {
  readonly type: 'counter';
  readonly name: `counterfoil_${string}_total`;
}

interface GaugeEntry extends MetricBase {
  readonly type: 'gauge';
}

interface HistogramEntry extends MetricBase {
  readonly type: 'histogram';
  readonly buckets: readonly number[];
}

export type CatalogueEntry = CounterEntry | GaugeEntry | HistogramEntry;
