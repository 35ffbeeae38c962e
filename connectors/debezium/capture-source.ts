import type { Secret } from './secret.ts';
import type { Naming } from './topic-names.ts';

/** Which tables are captured: `namespace.table`, in which `*` stands for any characters; `exclude` wins. */
export interface TableSelection {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * A table of one row, `(id int primary key, beat timestamp(6))`, that the connector itself updates. It is captured like
 * any other table, so its events say how far the source's log has been read although nothing else happens there.
 */
export interface Heartbeat {
  /** `namespace.table` */
  readonly table: string;
  readonly intervalMs: number;
}

/**
 * A table, `(id varchar(64) primary key, type varchar(32), data text)`, through which the connector is told what to
 * read again, and in which it marks where each chunk that it reads stands in the log. It is captured, too.
 */
export interface Signals {
  /** `namespace.table` */
  readonly table: string;
}

/** How the topics of this source are created when they are missing. */
export interface TopicDefaults {
  /** Of each data topic. The other topics (heartbeats, transactions, schema changes) always have one. */
  readonly partitions: number;
  readonly replicationFactor: number;
  /** How long changes stay readable. Longer than the longest outage of a route: what is gone cannot be applied. */
  readonly retentionMs: number;
  /** The largest record; a row counts twice, because an update carries the row before and after. */
  readonly maxMessageBytes: number;
}

/**
 * Who turns rows into Avro:
 * - `worker`: what the Connect worker has as its default;
 * - `apicurio`: Apicurio's converter, speaking the registry's own v2 API at `url`;
 * - `confluent`: Confluent's converter, speaking the Confluent API at `url`.
 */
export type Converter =
  | { readonly kind: 'worker' }
  | { readonly kind: 'apicurio'; readonly url: string; readonly auth?: ConverterAuth }
  | { readonly kind: 'confluent'; readonly url: string; readonly auth?: ConverterAuth };

/** Log-in (HTTP basic) of the converter at the registry. */
export interface ConverterAuth {
  readonly user: string;
  readonly password: Secret;
}

/** `encrypt` checks no certificate; `verify-ca` checks who signed it; `verify-full` also checks the host name. */
export type Tls = 'off' | 'encrypt' | 'verify-ca' | 'verify-full';

interface CaptureCommon {
  /** Names the captured system: topic prefix and connector name. Changing it starts the capture anew. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly tls: Tls;
  readonly tables: TableSelection;
  readonly heartbeat: Heartbeat;
  /** Null: nothing can be read again while the connector runs. */
  readonly signals: Signals | null;
  /** Key columns by `namespace.table`, for tables that have no primary key or should be keyed by another column. */
  readonly keyColumns: Readonly<Record<string, readonly string[]>>;
  readonly topics: TopicDefaults;
  /** Of topics and of the fields of their records. Changing it starts the capture anew. */
  readonly naming: Naming;
  readonly converter: Converter;
  /**
   * Whether Connect has this product's plugin (`plugin/`), which keeps NULL from becoming the column's default and changes
   * without a key in order. Needed with every converter but Confluent's, which has a setting for the former, and for
   * tables without a key.
   */
  readonly plugin: boolean;
  /** Connector settings that replace or extend the rendered ones. */
  readonly overrides: Readonly<Record<string, string>>;
}

/** MariaDB and MySQL: changes are read from the binlog, as a replica would. */
export interface BinlogSource extends CaptureCommon {
  readonly kind: 'mariadb' | 'mysql';
  readonly databases: readonly string[];
  /** Unlike that of every server and replica of the cluster, this connector being one of them. */
  readonly serverId: number;
  /** Where the history of table definitions is kept; `clientSettings` are those of a Kafka client (security). */
  readonly schemaHistory: {
    readonly bootstrapServers: string;
    readonly clientSettings: Readonly<Record<string, string>>;
  };
}

/** PostgreSQL: changes are read through a logical replication slot. */
export interface PostgresqlSource extends CaptureCommon {
  readonly kind: 'postgresql';
  readonly database: string;
  /** Each connector needs a slot of its own. */
  readonly slot: string;
  /** Made beforehand by the owner of the tables: then the capturing user need not own anything. */
  readonly publication: string;
  /** PostgreSQL 17 and newer: the slot survives a failover to a standby. */
  readonly failoverSlot: boolean;
}

export type CaptureSource = BinlogSource | PostgresqlSource;
export type SourceKind = CaptureSource['kind'];

/** What Connect is told: a connector's name and its settings. Holds the password: print it through `maskedConfig`. */
export interface ConnectorDefinition {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
}
