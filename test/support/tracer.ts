import type { traceJson } from '../../app/trace/trace-json.ts';
import type { Branch } from '../../app/trace/tree.ts';
import { counterfoil } from './pipeline.ts';

export type Told = ReturnType<typeof traceJson>;

/** Asks `counterfoil trace` with a configuration. */
export class Tracer {
  constructor(private readonly configFile: string) {}

  text(...args: string[]): ReturnType<typeof counterfoil> {
    return counterfoil('trace', ...args, '--config', this.configFile);
  }

  /** Throws what it said when it has told nothing. */
  async trace(...args: string[]): Promise<{ exitCode: number | undefined; told: Told; text: string }> {
    const { exitCode, stdout, stderr } = await this.text('--json', ...args);
    if (stdout === '') throw new Error(`trace said: ${stderr}`);
    return { exitCode, told: JSON.parse(stdout) as Told, text: stdout };
  }
}

/** All rows and messages of a tree, each with those that it is behind. */
export function waysIn(branches: readonly Branch[], before: readonly string[] = []): readonly string[] {
  return branches.flatMap(({ table, standing, next }) => {
    const way = [...before, `${table}${standing === null ? '' : ` ${standing.state}`}`];
    return [way.join(' > '), ...waysIn(next, way)];
  });
}
