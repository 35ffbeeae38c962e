import { userInfo } from 'node:os';

/**
 * What the product reads from the environment, besides `COUNTERFOIL_CONFIG` (see load.ts) and the
 * `${NAME}` references of the configuration file.
 * docs/configuration.md lists them.
 */
export interface EnvironmentSettings {
  /** `COUNTERFOIL_LOG_LEVEL`: trace, debug, info, warn, error or silent. */
  readonly logLevel: string;
  /** `COUNTERFOIL_STATE`: where the local stack keeps its data, logs and configuration. */
  readonly stateFolder: string;
  /** `COUNTERFOIL_CACHE`, or the user's cache folder: where the stack's artifacts are kept. */
  readonly cacheFolder: string | undefined;
  /** All of it, for the processes that are started: PATH, HOME, JAVA_HOME and what Maven needs. */
  readonly all: Readonly<Record<string, string | undefined>>;
  /** `COUNTERFOIL_KILL_AT`: `point[:n]`; the process kills itself the nth time it passes the point. For tests. */
  readonly killAt: string | undefined;
  /** `COUNTERFOIL_SOURCE_PASSWORD` and `COUNTERFOIL_TARGET_PASSWORD`: of the users that `counterfoil init` looks as. */
  readonly sourcePassword: string | undefined;
  readonly targetPassword: string | undefined;
  /** The operating system's name of who runs this: recorded with what is done by hand. */
  readonly user: string;
}

export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): EnvironmentSettings {
  return {
    logLevel: environment['COUNTERFOIL_LOG_LEVEL'] ?? 'info',
    stateFolder: environment['COUNTERFOIL_STATE'] ?? '.counterfoil',
    cacheFolder: environment['COUNTERFOIL_CACHE'],
    all: environment,
    killAt: environment['COUNTERFOIL_KILL_AT'],
    sourcePassword: environment['COUNTERFOIL_SOURCE_PASSWORD'],
    targetPassword: environment['COUNTERFOIL_TARGET_PASSWORD'],
    user: userName(),
  };
}

/** A user id without an entry in the system's list of users has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
