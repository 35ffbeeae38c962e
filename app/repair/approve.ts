import type { Repair } from '../../schemas/contract/repair.ts';
import { refused, repairNamed } from './session.ts';
import type { RepairSession } from './session.ts';

/** Somebody else than the planner agrees. Names are those of the operating system: of people who share one it proves nothing. */
export async function approveRepair(
  { route, sink, by }: Pick<RepairSession, 'route' | 'sink' | 'by'>,
  id: string,
): Promise<Repair> {
  const repair = await repairNamed({ route, sink }, id);
  if (repair.plannedBy === by)
    throw refused(
      `${by} has planned ${id}, and somebody else is to approve it`,
      'Four eyes are those of two.',
    );
  if (!(await sink.repairs.change(repair, ['planned'], { state: 'approved', approvedBy: by })))
    throw refused(`${id} is ${repair.state} already`, 'See `counterfoil repair show`.');
  return repairNamed({ route, sink }, id);
}
