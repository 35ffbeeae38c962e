import { formatAudit } from '../../../../monitoring/audit/report.ts';
import type { AuditReport } from '../../../../monitoring/audit/report.ts';

const report: AuditReport = {
  ...{ target: 'finance', verdict: 'mismatch', reason: null, entries: 9, records: 20, seconds: 1.25 },
  anchors: {
    ...{ genuine: 3, false: 1, damaged: 1, missing: 2, unread: null },
    ...{ newestAt: Date.UTC(2026, 10, 27), entriesAfter: 3, chainsAfter: 1 },
  },
  chains: [
    {
      ...{
        chain: { route: 'claims', topic: 'oa.\u001b[31mclaim', partition: 0 },
        entries: 9,
        last: 9n,
        anchored: 6n,
      },
      findings: [
        {
          chain: { route: 'claims', topic: 'oa.\u001b[31mclaim', partition: 0 },
          fault: 'altered',
          from: 2n,
          to: 4n,
        },
      ],
    },
  ],
  tables: [
    {
      ...{
        table: 'ap.claim\u202e',
        verdict: 'mismatch',
        reason: null,
        rows: 7,
        altered: 1,
        removed: 0,
        added: 1,
      },
      ...{ unsealed: 2, unjournaled: 1, inPart: 1, unproven: ['note'], goneColumns: [] },
      findings: [
        { fault: 'altered', key: '["4711"]', entry: 'claims/oa.claim/0 entry 5' },
        { fault: 'added', key: '["9"]', entry: null },
        { fault: 'unsealed', key: '["1"]', entry: null },
      ],
    },
  ],
};

test('a report reads as people do, and no name acts upon their terminal', () => {
  expect(formatAudit(report).split('\n')).toEqual([
    'finance: mismatch (9 entries in 1 chains, 3 anchors, 1.3 s)',
    '  anchored last at 2026-11-27T00:00:00.000Z: all entries but the last 3 of 1 chain',
    '  1 anchors are not signed by this key',
    '  at least 2 anchors are missing',
    '  1 lines among the anchors are damaged, and vouch for nothing',
    '  claims/oa.\\u001b[31mclaim/0: entries 2 to 4 were altered, or not written by the product',
    '  ap.claim\\u202e  mismatch  7 keys, 1 altered, 1 added, 2 older than the journal, 1 not journaled, 1 proven in part (not note)',
    '    altered ["4711"], last told of by claims/oa.claim/0 entry 5',
    '    added ["9"], of which no entry tells',
    '    older than the journal ["1"], of which no entry tells',
    '    and 2 more',
  ]);
});
