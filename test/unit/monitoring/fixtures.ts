import { rowKeyOf } from '../../../schemas/contract/cell.ts';
import type { Cell } from '../../../schemas/contract/cell.ts';
import { DEFAULT_POLICY } from '../../../schemas/contract/mapping.ts';
import type { Mapping } from '../../../schemas/contract/mapping.ts';
import { epochOf, offsetOf, versionOf } from '../../../schemas/contract/position.ts';
import type { TableShape } from '../../../schemas/contract/table.ts';
import type { CheckedRoute } from '../../../monitoring/consistency/checked-route.ts';
import type { TelemetryEvent } from '../../../schemas/contract/telemetry.ts';

/** Every table to one of the same name and shape in another namespace. */
export function mirrorInto(namespace: string, over: Partial<Mapping> = {}): Mapping {
  const target = (source: TableShape): TableShape => ({ ...source, id: { namespace, name: source.id.name } });
  return {
    name: 'mirror',
    version: '1',
    accepts: () => true,
    targets: (source) => [target(source)],
    upsert: (source, key, row) => [{ kind: 'upsert', table: target(source), key: rowKeyOf(key), cells: row }],
    copiesRows: () => over.upsert === undefined && over.targets === undefined,
    copies: (source) => [{ namespace, name: source.name }],
    policy: () => DEFAULT_POLICY,
    delete: (source, key) => [{ kind: 'delete', table: target(source), key: rowKeyOf(key), keyCells: key }],
    ...over,
  };
}

/** The ports of a route that has passed everything, whatever is asked. */
export function passedPorts(): Pick<CheckedRoute, 'heartbeatTopic' | 'positions' | 'topics' | 'endOffsets'> {
  return {
    heartbeatTopic: 'heart',
    positions: () =>
      Promise.resolve([
        {
          ...{ route: 'r', topic: 'heart', partition: 0, epoch: epochOf(1), next: offsetOf(9) },
          ...{
            sourceVersion: versionOf('f'.repeat(32)),
            sourceTime: 0,
            watermark: null,
            accounted: offsetOf(0),
          },
        },
      ]),
    topics: () => Promise.resolve(['heart']),
    endOffsets: () =>
      Promise.resolve(new Map([['heart', [{ partition: 0, low: offsetOf(0), high: offsetOf(9) }]]])),
  };
}

export function recorder(): { readonly events: TelemetryEvent[]; emit(event: TelemetryEvent): void } {
  const events: TelemetryEvent[] = [];
  return { events, emit: (event) => void events.push(event) };
}

export type { Cell };
