import type { Command } from 'commander';
import { createLogger } from '../runtime/logger.ts';
import { runPipeline } from '../runtime/pipeline.ts';
import { routesOf, selectRoutes } from '../runtime/routes.ts';
import { refuseCollisions } from '../runtime/target-claims.ts';
import { tablesOfSources } from '../runtime/source-tables.ts';
import { untilSignal } from './signals.ts';
import { configOf, globalOptions } from './context.ts';
import type { CliContext } from './context.ts';

export function registerRun(program: Command, context: CliContext): void {
  program
    .command('run')
    .description('stream the changes: run the routes, their checks and the metrics, until SIGTERM or Ctrl-C')
    .option('-r, --route <name...>', 'only these routes')
    .action(async (options: { route?: string[] }, command: Command) => {
      const { config } = configOf(command, context);
      const all = await routesOf(config);
      const routes = selectRoutes(all, options.route);
      const logger = createLogger(globalOptions(command).logLevel);
      // The others may run elsewhere.
      refuseCollisions(all, await tablesOfSources(config, all, logger));
      const stop = untilSignal();
      await runPipeline({
        config,
        routes,
        logger,
        killAt: context.environment.killAt,
        signal: stop,
        onListening: (url) => {
          process.send?.({ listening: url });
          logger.info(
            { url, routes: routes.map(({ name }) => name) },
            `metrics at ${url}/metrics, health at ${url}/readyz`,
          );
        },
      });
    });
}
