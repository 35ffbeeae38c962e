import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { execa } from 'execa';

const MAIN = ['--import', 'tsx', 'app/main.ts'];

/** The pipeline in a process of its own, as it is deployed. */
export class Pipeline {
  static readonly #running = new Set<Pipeline>();

  /** Ends what a failed test left running. */
  static async killAll(): Promise<void> {
    await Promise.all([...Pipeline.#running].map((pipeline) => pipeline.kill('SIGKILL')));
  }

  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly listening: Promise<string>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;

  /** `program` is run in place of the command line, with the file as its argument. */
  constructor(configFile: string, killAt?: string, program?: string) {
    const command = program === undefined ? [...MAIN, 'run', '--config'] : ['--import', 'tsx', program];
    this.#child = spawn(process.execPath, [...command, configFile], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        ...process.env,
        NODE_OPTIONS: '',
        ...(killAt === undefined ? {} : { COUNTERFOIL_KILL_AT: killAt }),
      },
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#log.push(chunk.toString()));
    this.ended = once(this.#child, 'exit').then(([code, signal]) => (signal ?? code) as number | string);
    Pipeline.#running.add(this);
    void this.ended.then(() => Pipeline.#running.delete(this));
    this.listening = Promise.race([
      once(this.#child, 'message').then(([message]) => (message as { listening: string }).listening),
      this.ended.then((end) => {
        throw new Error(`the pipeline ended at its start: ${end}\n${this.log}`);
      }),
    ]);
    this.listening.catch(() => undefined);
  }

  get log(): string {
    return this.#log.join('');
  }

  kill(signal: NodeJS.Signals): Promise<number | string> {
    this.#child.kill(signal);
    return this.ended;
  }

  /** Ends it as an operator does. Throws, with what it said last, when it is not done in time. */
  async drain(): Promise<void> {
    const end = await this.kill('SIGTERM');
    if (end === 0) return;
    throw new Error(`the pipeline ended with ${end}\n${this.log.split('\n').slice(-10).join('\n')}`);
  }

  /** For signals that do not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  async metrics(): Promise<string> {
    return (await fetch(`${await this.listening}/metrics`)).text();
  }

  async readiness(): Promise<{ status: number; body: string }> {
    const response = await fetch(`${await this.listening}/readyz`);
    return { status: response.status, body: await response.text() };
  }

  /** Asks for the metrics until they say so, as below. */
  async untilMetrics(wanted: RegExp): Promise<void> {
    while (!wanted.test(await this.metrics())) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  /** Asks for the readiness until it is as wanted; the test's own time limit ends a wait in vain. */
  async untilReadiness(wanted: (answer: { status: number; body: string }) => boolean): Promise<void> {
    while (!wanted(await this.readiness())) await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Runs a command of the command line to its end. */
export async function counterfoil(
  ...args: string[]
): Promise<{ exitCode: number | undefined; stdout: string; stderr: string }> {
  const { exitCode, stdout, stderr } = await execa(process.execPath, [...MAIN, ...args], {
    reject: false,
    env: { NODE_OPTIONS: '' },
  });
  return { exitCode, stdout, stderr };
}
