import type { CaptureSource } from '../capture-source.ts';

/**
 * One connector setting: its name, its value and the reason for it. A value that depends on the source is a function;
 * null leaves the setting out.
 */
export interface Setting<Source extends CaptureSource = CaptureSource> {
  readonly name: string;
  readonly value: string | ((source: Source) => string | null);
  readonly why: string;
  /** The product relies on it: an override is refused. */
  readonly fixed?: true;
}

export interface SettingGroup<Source extends CaptureSource = CaptureSource> {
  readonly title: string;
  readonly settings: readonly Setting<Source>[];
}
