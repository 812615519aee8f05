import type { ChooseInput, ChosenRows } from '../cleanup/choose.ts';
import { sessionIdOf } from '../cleanup/choose.ts';
import { chooseFileOwners } from '../cleanup/row-files.ts';

/** The rows to delete: key and the session id it had when it was looked at. */
export type WantedRows = ReadonlyMap<string, string | undefined>;

/**
 * Chooses the rows that were asked for by their keys, and no others. A row that has got another session since it was
 * looked at stays, and so does one whose transcript the runtime holds (D4 and V16 of the safety rules, docs/deviations.md).
 */
export function chooseDeleted({ rows }: Pick<ChooseInput, 'rows'>, wanted: WantedRows): ChosenRows {
  const choices = rows.map((row) => {
    const isMeant = wanted.has(row.key) && wanted.get(row.key) === sessionIdOf(row.entry);
    const isHeld = row.files.lock !== undefined;
    return {
      row,
      action: isMeant && !isHeld ? ('delete' as const) : ('keep' as const),
      heldBack: isMeant && isHeld ? ('delete' as const) : undefined,
      protection: undefined,
      rank: undefined,
    };
  });
  return { choices, room: rows.length, owners: chooseFileOwners(choices) };
}
