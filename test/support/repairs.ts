import { execa } from 'execa';

export interface RepairedRow {
  readonly key: string;
  readonly kind: string;
  readonly columns: readonly string[];
  readonly action: string;
  readonly state: string;
  readonly explanation: string | null;
}

export interface ShownRepair {
  readonly id: string;
  readonly state: string;
  readonly explanation: string | null;
  readonly rows: readonly RepairedRow[];
}

/** The repairs of a route, by the command line; each command may be killed at a named point. */
export class Repairs {
  /** All that commands have written. */
  readonly said: string[] = [];

  constructor(
    private readonly configFile: string,
    private readonly route: string,
  ) {}

  async command(args: readonly string[], killAt?: string) {
    const ended = await execa(
      process.execPath,
      ['--import', 'tsx', 'app/main.ts', ...args, '--config', this.configFile],
      {
        reject: false,
        env: { NODE_OPTIONS: '', ...(killAt === undefined ? {} : { COUNTERFOIL_KILL_AT: killAt }) },
      },
    );
    this.said.push(ended.stdout, ended.stderr);
    return ended;
  }

  async plan(...args: string[]) {
    const { stdout, stderr, exitCode } = await this.command([
      'repair',
      'plan',
      this.route,
      '--json',
      ...args,
    ]);
    const repair = stdout === '' ? null : (JSON.parse(stdout) as { repair: ShownRepair | null }).repair;
    return { exitCode, stderr, repair };
  }

  async act(action: 'apply' | 'approve' | 'undo', id: string, killAt?: string) {
    const { stdout, stderr, exitCode, signal } = await this.command(
      ['repair', action, this.route, id, '--json'],
      killAt,
    );
    return { exitCode, signal, stderr, repair: stdout === '' ? null : (JSON.parse(stdout) as ShownRepair) };
  }
}
