import { topicNameOf } from '../../connectors/debezium/topic-names.ts';
import { SOURCE_SCHEMA } from '../integration/types/mirrors.ts';
import type { Direction, Mirrors, System } from '../integration/types/mirrors.ts';
import type { Place } from './event-outcome.ts';
import type { Operators } from './jdbc-sink.ts';
import type { PeerTargets } from './peer-targets.ts';

/** Where both sinks work: the sources with the mirrors of them, and the targets of the other sink. */
export interface Field {
  readonly mirrors: Mirrors;
  readonly peer: PeerTargets;
  readonly operators: Operators;
}

export const sourceOf = ({ databases, name }: Mirrors, system: System): Place => ({
  ...{ database: databases[system], system, namespace: system === 'mariadb' ? name : SOURCE_SCHEMA },
});
export const ourTarget = ({ databases }: Mirrors, { to, namespace }: Direction): Place => ({
  ...{ database: databases[to], system: to, namespace },
});
export const peerTarget = ({ peer }: Field, { from, to }: Direction): Place => ({
  ...{ database: peer.database(from, to), system: to, namespace: peer.namespace(from, to) },
});

/** The topic of a source's table. */
export function topicOf(mirrors: Mirrors, from: System, table: string): string {
  const id = { namespace: sourceOf(mirrors, from).namespace, name: table };
  return topicNameOf(mirrors.sourceOf(from), id, 'underscore');
}
