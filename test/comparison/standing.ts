/**
 * What became of a value or a row in a target:
 *
 * - `exact`: it is there as the source has it;
 * - `lost upstream`: it is not what the source has, for the record in the topic does not say it;
 * - `altered`: the record says it, and the target has something else;
 * - `refused`: it is not there, and the sink says so (a dead letter; a task that has stopped);
 * - `lost`: it is not there, and nothing says so.
 */
export type Standing = 'exact' | 'lost upstream' | 'altered' | 'refused' | 'lost';

export const STANDINGS: readonly Standing[] = ['exact', 'lost upstream', 'altered', 'refused', 'lost'];
