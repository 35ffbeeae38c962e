/** A process of the local stack. */
export type PartName = 'kafka' | 'registry' | 'connect' | 'mariadb' | 'postgres';

/** In the order of a status table; also the order in which ports are chosen. */
export const PART_NAMES: readonly PartName[] = ['kafka', 'registry', 'connect', 'mariadb', 'postgres'];

/** A TCP listener of the stack; Kafka and the registry have two each. */
export type PortName = PartName | 'kafkaController' | 'registryManagement';

export type Ports = Readonly<Record<PortName, number>>;

/** A database account that may do everything; for the local stack only. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Where a client finds the parts. Holds passwords: print it, do not log it. */
export interface StackAddresses {
  readonly kafka: { readonly bootstrap: string };
  readonly connect: { readonly url: string };
  /** `url`: the Confluent-compatible API (v7). `converterUrl`: the v2 API that the Avro converter of Connect speaks. */
  readonly registry: { readonly url: string; readonly converterUrl: string };
  readonly mariadb: DatabaseAddress;
  readonly postgres: DatabaseAddress & { readonly database: string };
}

/** What a person may want to see while the stack works; an app turns it into lines or a progress bar. */
export type StackEvent =
  /** `what` is the file that just came; `files` and `megabytes` count what this fetch has brought so far. */
  | { readonly type: 'fetching'; readonly what: string; readonly files: number; readonly megabytes: number }
  | { readonly type: 'preparing'; readonly what: string }
  | { readonly type: 'fetched'; readonly files: number; readonly megabytes: number; readonly seconds: number }
  | { readonly type: 'waiting'; readonly reason: string }
  | { readonly type: 'cleaned-up'; readonly parts: readonly PartName[] }
  | { readonly type: 'port-moved'; readonly port: PortName; readonly from: number; readonly to: number }
  | { readonly type: 'part-starting'; readonly part: PartName }
  | { readonly type: 'part-ready'; readonly part: PartName; readonly seconds: number }
  | { readonly type: 'part-stopped'; readonly part: PartName };

export type StackReporter = (event: StackEvent) => void;

/** The environment of the caller (PATH, HOME, JAVA_HOME, XDG_CACHE_HOME and what Maven needs). */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A part ended, though this handle did not stop it: by itself or by a signal, or because another command stopped the
 * stack. `log` holds the last lines it wrote.
 */
export interface PartExit {
  readonly cause: 'failed' | 'stack-stopped';
  readonly part: PartName;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: readonly string[];
}
