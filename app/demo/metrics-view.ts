/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g;

function sampleOf(line: string): Sample | null {
  const match = LINE.exec(line);
  if (match === null) return null;
  const [, name = '', pairs = '', value = ''] = match;
  const labels: Record<string, string> = {};
  for (const [, label = '', text = ''] of pairs.matchAll(LABEL)) labels[label] = text;
  return { name, labels, value: Number(value) };
}

/** What a process says of itself at `/metrics`, as the demo's summary reads it. */
export class MetricsView {
  readonly #samples: readonly Sample[];

  constructor(text: string) {
    this.#samples = text.split('\n').flatMap((line) => sampleOf(line) ?? []);
  }

  /** Sum of a metric over all its label values that have these. */
  sum(name: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.#find(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** Greatest value, null when there is none. */
  max(name: string, labels: Readonly<Record<string, string>> = {}): number | null {
    const values = this.#find(name, labels).map(({ value }) => value);
    return values.length === 0 ? null : Math.max(...values);
  }

  /** The label value for which a one-hot gauge is 1. */
  state(name: string, label: string, labels: Readonly<Record<string, string>> = {}): string | null {
    return this.#find(name, labels).find(({ value }) => value === 1)?.labels[label] ?? null;
  }

  /** A quantile of a histogram in seconds: the upper bound of the bucket it lies in, null while it is empty. */
  quantile(name: string, q: number, labels: Readonly<Record<string, string>> = {}): number | null {
    const byBound = new Map<number, number>();
    for (const { labels: own, value } of this.#find(`${name}_bucket`, labels)) {
      const bound = own['le'] === '+Inf' ? Number.POSITIVE_INFINITY : Number(own['le']);
      byBound.set(bound, (byBound.get(bound) ?? 0) + value);
    }
    const buckets = [...byBound].sort(([a], [b]) => a - b);
    const total = buckets.at(-1)?.[1] ?? 0;
    if (total === 0) return null;
    return buckets.find(([, count]) => count >= q * total)?.[0] ?? null;
  }

  #find(name: string, labels: Readonly<Record<string, string>>): readonly Sample[] {
    const wanted = Object.entries(labels);
    return this.#samples.filter(
      (sample) => sample.name === name && wanted.every(([key, value]) => sample.labels[key] === value),
    );
  }
}

/** Reads `/metrics`; null when the process does not answer. */
export async function scrape(url: string): Promise<MetricsView | null> {
  try {
    const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(2_000) });
    return response.ok ? new MetricsView(await response.text()) : null;
  } catch {
    return null;
  }
}
