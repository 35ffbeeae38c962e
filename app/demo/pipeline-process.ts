import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CounterfoilError } from '../../schemas/contract/errors.ts';

/** `counterfoil run` in a process of its own, as it would be deployed. */
export interface PipelineProcess {
  readonly pid: number;
  /** Where it serves its metrics. */
  readonly url: string;
  readonly logFile: string;
  /** Resolves when it has ended, with its exit code or signal. */
  readonly ended: Promise<string>;
  /** Asks it to drain and stop. */
  stop(): Promise<void>;
}

export interface PipelineProcessOptions {
  readonly configFile: string;
  readonly logFile: string;
}

/** Starts it and waits until it serves its metrics. Throws STACK_FAILED when it ends before. */
export async function startPipelineProcess({
  configFile,
  logFile,
}: PipelineProcessOptions): Promise<PipelineProcess> {
  const main = fileURLToPath(
    new URL(import.meta.url.endsWith('.ts') ? '../main.ts' : '../main.js', import.meta.url),
  );
  const child = spawn(process.execPath, [...process.execArgv, main, 'run', '--config', configFile], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  child.stderr?.pipe(createWriteStream(logFile));
  const ended = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
  const url = await Promise.race([listeningUrl(child), ended.then(() => null)]);
  if (url === null || child.pid === undefined) {
    throw new CounterfoilError(
      'STACK_FAILED',
      `the pipeline ended at its start (${await ended}); see ${logFile}`,
    );
  }
  return {
    pid: child.pid,
    url,
    logFile,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function listeningUrl(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, 'message')) as [{ readonly listening: string }];
  return message.listening;
}
