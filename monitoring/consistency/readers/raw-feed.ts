import { RawChunk } from '../raw-rows.ts';
import type { RawColumn, RawRows } from '../raw-rows.ts';
import { readError } from './read-error.ts';

/** Enough that a turn of the event loop is worth its cost, and little enough to stay in the processor's cache. */
const CHUNK_BYTES = 1 << 17;

/** Where the bytes come from. */
export interface Flow {
  pause(): void;
  resume(): void;
}

/** Rows that a server is sending, of which some are worked on while others come; the server waits when nobody takes them. */
export class RawFeed implements RawRows {
  /** Where the next row goes. */
  filling: RawChunk;
  private spare: RawChunk;
  private over = false;
  private failure: Error | null = null;
  private wake: () => void = () => undefined;
  private flow: Flow | null = null;

  constructor(
    private readonly what: string,
    readonly columns: readonly RawColumn[],
  ) {
    this.filling = new RawChunk(columns.length);
    this.spare = new RawChunk(columns.length);
  }

  from(flow: Flow): this {
    this.flow = flow;
    return this;
  }

  async next(): Promise<RawChunk | null> {
    if (!this.over && this.filling.used < CHUNK_BYTES) {
      this.flow?.resume();
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    if (this.failure !== null) throw readError(this.failure, this.what);
    const full = this.filling;
    this.filling = this.spare;
    this.filling.clear();
    this.spare = full;
    return full.rows === 0 ? null : full;
  }

  /** To be called after each row. What has arrived already still comes. */
  readonly rowTaken = (): void => {
    if (this.filling.used < CHUNK_BYTES) return;
    this.flow?.pause();
    this.wake();
  };

  readonly fail = (error: Error): void => {
    this.failure ??= error;
    this.end();
  };

  /** What comes next on the connection is no row of this: nobody would take it while the flow is paused. */
  readonly end = (): void => {
    this.over = true;
    this.flow?.resume();
    this.wake();
  };
}
