import { createDecoder } from '../../processors/decode/decoder.ts';
import type { LetterLedger } from '../../schemas/contract/dead-letter.ts';
import type { Config } from '../config/schema.ts';
import { capturedSystems } from './captured-systems.ts';
import { redriveLetters } from './redrive.ts';
import type { Redrive } from './redrive.ts';
import type { Route } from './routes.ts';
import { registryOf } from './registry.ts';
import { createSink } from './targets.ts';

/** The dead letters of one route. */
export interface RouteLetters {
  readonly ledger: LetterLedger;
  redrive(how: Pick<Redrive, 'by' | 'wanted' | 'onOutcome' | 'signal'>): Promise<void>;
  close(): Promise<void>;
}

/** Creates the table of dead letters where no route has run yet. */
export async function openLetters(route: Route, config: Config): Promise<RouteLetters> {
  const sink = await createSink(config, route.config.target, { poolSize: 1 });
  try {
    await sink.prepare();
  } catch (error) {
    await sink.close();
    throw error;
  }
  return {
    ledger: sink.letters,
    redrive: (how) =>
      redriveLetters({
        ...how,
        route: route.name,
        mapping: route.mapping,
        decoder: createDecoder({
          schemas: registryOf(config),
          sources: capturedSystems(config),
        }),
        sink,
      }),
    close: () => sink.close(),
  };
}
