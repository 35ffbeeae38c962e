// The pipeline, as `counterfoil run` is, with the route of the gateway test.
import { untilSignal } from '../../../app/cli/signals.ts';
import { loadConfig } from '../../../app/config/load.ts';
import { createLogger } from '../../../app/runtime/logger.ts';
import { runPipeline } from '../../../app/runtime/pipeline.ts';
import { claimsRoute } from './claims-route.ts';

const config = loadConfig(process.argv[2] ?? '', {});
await runPipeline({
  config,
  routes: [claimsRoute(config)],
  logger: createLogger('info'),
  killAt: process.env['COUNTERFOIL_KILL_AT'],
  signal: untilSignal(),
  onListening: (url) => process.send?.({ listening: url }),
});
