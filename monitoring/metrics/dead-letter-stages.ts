import type { Offset, TopicPartition } from '../../schemas/contract/position.ts';
import type { Stage } from '../../schemas/contract/telemetry.ts';

/**
 * Remembers at which stage records failed until their batch is committed: only then do they count as events that ended
 * there. By offset, so that a batch that is tried again does not count twice.
 */
export class DeadLetterStages {
  private readonly partitions = new Map<string, Map<Offset, Stage>>();

  sent(route: string, partition: TopicPartition, offset: Offset, stage: Stage): void {
    const key = keyOf(route, partition);
    const stages = this.partitions.get(key) ?? new Map<Offset, Stage>();
    stages.set(offset, stage);
    this.partitions.set(key, stages);
  }

  /** Takes what is known of the records before `next`. */
  take(route: string, partition: TopicPartition, next: Offset): readonly Stage[] {
    const stages = this.partitions.get(keyOf(route, partition));
    if (stages === undefined) return [];
    const taken: Stage[] = [];
    for (const [offset, stage] of stages) {
      if (offset >= next) continue;
      taken.push(stage);
      stages.delete(offset);
    }
    return taken;
  }

  /** Nothing of a route is under way: its partitions are read from their stored positions. */
  forget(route: string): void {
    for (const key of this.partitions.keys()) if (key.startsWith(`${route}\n`)) this.partitions.delete(key);
  }
}

function keyOf(route: string, { topic, partition }: TopicPartition): string {
  return `${route}\n${topic}\n${partition.toString()}`;
}
