import { transactionTopic } from '../../connectors/debezium/topic-names.ts';
import type { SourceSettings } from '../../processors/decode/topic-sources.ts';
import type { Config } from '../config/schema.ts';

/** What decoding must be told about the sources, by topic prefix. */
export function capturedSystems(config: Config): ReadonlyMap<string, SourceSettings> {
  return new Map(
    Object.entries(config.sources).map(([name, source]) => [
      name,
      {
        connector: source.kind,
        transactionTopic: transactionTopic(name),
        era: source.era,
        eraSince: source.eraSince === undefined ? null : Date.parse(source.eraSince),
      },
    ]),
  );
}
