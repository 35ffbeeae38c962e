import { table } from '../../test/comparison/markdown.ts';
import { median } from '../machine/median.ts';
import type { Lap } from './race.ts';

export interface Measured {
  readonly workload: { readonly name: string; readonly title: string; readonly events: number };
  readonly laps: readonly Lap[];
}

const HEAD = [
  ...['into', 'sink', 'rows/s', 'spread', 'of the last', 'rows per client CPU-s', 'of the last'],
  ...['rows per CPU-s, database included', 'of the last', 'peak MB'],
];

/** Markdown: medians of each contender, and how many times those of the contender with the most tasks they are. */
export function lapTable({ workload, laps }: Measured): string {
  const groups = new Map<string, Lap[]>();
  for (const lap of laps) {
    const key = `${lap.system}\n${lap.contender}`;
    groups.set(key, [...(groups.get(key) ?? []), lap]);
  }
  const figures = [...groups.values()].map((some) => {
    const of = (value: (lap: Lap) => number) => some.map(value);
    const rates = of((lap) => workload.events / lap.seconds);
    return {
      ...{ system: some[0]?.system ?? '', contender: some[0]?.contender ?? '' },
      rate: median(rates),
      spread: [Math.min(...rates), Math.max(...rates)] as const,
      client: median(of((lap) => workload.events / lap.clientSeconds)),
      both: median(of((lap) => workload.events / (lap.clientSeconds + lap.databaseSeconds))),
      peak: median(of((lap) => lap.peakMegabytes)),
    };
  });
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const rows = figures.map((each) => {
    const last = figures.filter(({ system }) => system === each.system).at(-1) ?? each;
    const times = (value: number, other: number) => (value / other).toFixed(2);
    return [
      ...[each.system, each.contender, whole(each.rate), each.spread.map(whole).join(' to ')],
      ...[times(each.rate, last.rate), whole(each.client), times(each.client, last.client)],
      ...[whole(each.both), times(each.both, last.both), whole(each.peak)],
    ];
  });
  return `**${workload.name}**: ${workload.title}\n\n${table(HEAD, rows)}`;
}

/** What is said as soon as a lap is over. */
export function lapLine({ name, events }: Measured['workload'], lap: Lap): string {
  const per = (seconds: number) => Math.round(events / seconds).toLocaleString('en');
  return [
    `${name} into ${lap.system}, ${lap.contender}: ${per(lap.seconds)} rows/s`,
    `${per(lap.clientSeconds)} per client CPU-s`,
    `${per(lap.clientSeconds + lap.databaseSeconds)} per CPU-s of both`,
    `${lap.peakMegabytes.toFixed(0)} MB`,
    `halfway after ${lap.toHalfway.toFixed(1)} s`,
  ].join('; ');
}
