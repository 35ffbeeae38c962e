import type { CaptureSource } from '../capture-source.ts';
import { notificationTopic } from '../topic-names.ts';
import type { SettingGroup } from './setting.ts';

/** How a connector is told to read rows again while it streams, and says how far it is. */
export const BACKFILL_SETTINGS: SettingGroup = {
  title: 'Backfill',
  settings: [
    {
      name: 'signal.enabled.channels',
      value: whereSignalled('source'),
      why: 'Orders come through a table that is captured: each is seen exactly once, in order with the changes, also when it was given while the connector was down.',
    },
    {
      name: 'signal.data.collection',
      value: (source) => source.signals?.table ?? null,
      why: 'That table. The connector also writes marks to it, around each chunk that it reads.',
      fixed: true,
    },
    {
      name: 'incremental.snapshot.watermarking.strategy',
      value: whereSignalled('insert_delete'),
      why: 'The mark that ends a chunk deletes the one that began it. By default both stay, two rows for each chunk, for ever.',
    },
    {
      name: 'incremental.snapshot.chunk.size',
      value: whereSignalled('4096'),
      why: 'Rows of a chunk. They are held in memory until changes of the same rows have been seen.',
    },
    {
      name: 'notification.enabled.channels',
      value: whereSignalled('sink'),
      why: 'What has been read, told in a topic.',
    },
    {
      name: 'notification.sink.topic.name',
      value: (source) => (source.signals === null ? null : notificationTopic(source.name)),
      why: 'That topic: the progress of each backfill, and its end.',
      fixed: true,
    },
  ],
};

function whereSignalled(value: string): (source: CaptureSource) => string | null {
  return (source) => (source.signals === null ? null : value);
}
