import { versionText } from '../../monitoring/consistency/source-position.ts';
import type { ChangeSource } from '../../schemas/contract/change-event.ts';

/** Where a change stands in the log of its source. */
export function placeText({ connector, version }: Pick<ChangeSource, 'connector' | 'version'>): string {
  return connector === 'postgresql' ? `LSN ${versionText('wal', version)}` : versionText('binlog', version);
}
