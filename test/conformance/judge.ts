import fs from 'node:fs';
import path from 'node:path';
import { rules, type Compared, type Foretold, type Avoided, type TakenBack, type Said } from './deviations.ts';
import type { Ground } from './ground.ts';
import { differences, ours, type Outcome, type Program } from './programs.ts';
import type { Case } from './state.ts';
import { buildVariant, type Replacement } from './variant.ts';

/** What became of one case. */
export interface Verdict {
  /** The listed deviations that account for the difference; none when the outcomes are equal. */
  readonly deviations: readonly string[];
  /** What no rule accounts for, a line each; none when all is well. */
  readonly unexplained: readonly string[];
  readonly reference: Outcome;
  readonly ours: Outcome;
}

export interface Judge {
  readonly judge: (given: Case) => Promise<Verdict>;
}

/** Our side of a comparison: the program, and the changes to the source it was built from. */
export interface Subject {
  readonly program: Program;
  readonly replacements: readonly Replacement[];
}

/** The program as it is. */
export const unchanged: Subject = { program: ours, replacements: [] };

/** The same from a copy: a build that comes in between must not mix two programs. */
export function copyOurs(folder: string): Subject {
  const root = path.resolve(path.dirname(ours.script), '..');
  for (const name of ['bin', 'dist']) fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));
  return { program: { ...ours, script: path.join(folder, 'bin/sessions.js') }, replacements: [] };
}

/**
 * Compares two programs case by case.
 *
 * @param scratch folder for builds without deviations
 */
export function createJudge(ground: Ground, subject: Subject, scratch: string): Judge {
  const variants = new Map<string, Promise<Program>>();

  const withoutDeviations = (taken: readonly TakenBack[]): Promise<Program> => {
    const name = taken.map(nameOf).join(' + ');
    const known = variants.get(name);
    if (known !== undefined) return known;
    const folder = fs.mkdtempSync(path.join(scratch, 'variant-'));
    const made = buildVariant(
      name,
      [...subject.replacements, ...taken.flatMap(({ replacements }) => replacements)],
      folder,
    );
    variants.set(name, made);
    return made;
  };

  /** The fewest of the deviations whose absence makes the programs agree; undefined when all of them do not. */
  const findTakenBack = async (run: Compared): Promise<readonly TakenBack[] | undefined> => {
    const candidates = rules.filter((rule) => rule.kind === 'taken-back').filter((rule) => rule.appliesTo(run.given));
    const isEnough = async (some: readonly TakenBack[]): Promise<boolean> => {
      const program = await withoutDeviations(some);
      // What is said is taken off anew: a run that ends elsewhere may say something else.
      const { reference, ours } = strip({ ...run, ours: await ground.runOurs(program, run.given) });
      return differences(reference, ours).length === 0;
    };
    // Two may be in each other's way: then all but one.
    const sets = [candidates, ...candidates.map((one) => candidates.filter((each) => each !== one))];
    const enough = await findFirst(
      sets.filter(({ length }) => length > 0),
      isEnough,
    );
    if (enough === undefined) return undefined;
    for (const one of candidates) if (await isEnough([one])) return [one];
    let needed: readonly TakenBack[] = enough;
    for (const one of enough) {
      const fewer = needed.filter((each) => each !== one);
      if (await isEnough(fewer)) needed = fewer;
    }
    return needed;
  };

  const explain = async (run: Compared): Promise<readonly string[] | undefined> => {
    const { reference } = strip(run);
    const foretold = rules.find(
      (rule): rule is Foretold | Avoided =>
        (rule.kind === 'foretold' || rule.kind === 'avoided') &&
        rule.appliesTo(run.given) &&
        rule.holds({ ...run, reference }),
    );
    if (foretold?.kind === 'foretold') return [nameOf(foretold)];
    if (foretold?.kind === 'avoided') {
      const rest = await judge(foretold.without(run.given));
      const isExplained = rest.unexplained.length === 0 && foretold.agrees?.({ ...run, reference }, rest) !== false;
      return isExplained ? [nameOf(foretold), ...rest.deviations] : undefined;
    }
    return (await findTakenBack(run))?.map(nameOf);
  };

  const judge = async (given: Case): Promise<Verdict> => {
    const [referenceRun, oursRun] = await Promise.all([
      ground.runReference(given),
      ground.runOurs(subject.program, given),
    ]);
    const run: Compared = { given, reference: referenceRun, ours: oursRun, before: ground.filesBefore(given) };
    const stripped = strip(run);
    const outcomes = { reference: referenceRun, ours: oursRun };
    const lines = differences(stripped.reference, stripped.ours);
    if (lines.length === 0) return { ...outcomes, deviations: stripped.said, unexplained: [] };
    const deviations = await explain(run);
    if (deviations === undefined) return { ...outcomes, deviations: [], unexplained: lines };
    return { ...outcomes, deviations: [...new Set([...stripped.said, ...deviations])], unexplained: [] };
  };

  return { judge };
}

async function findFirst<Value>(
  values: readonly Value[],
  isMeant: (value: Value) => Promise<boolean>,
): Promise<Value | undefined> {
  for (const value of values) if (await isMeant(value)) return value;
  return undefined;
}

export const nameOf = ({ number, what }: { readonly number: string; readonly what: string }): string =>
  `${number} ${what}`;

function strip(run: Compared): Pick<Compared, 'reference' | 'ours'> & { readonly said: readonly string[] } {
  const said: string[] = [...(run.ours.adapted ?? [])];
  let { reference, ours } = run;
  for (const rule of rules.filter((each): each is Said => each.kind === 'said')) {
    const stripped = rule.strip({ ...run, reference, ours });
    if (stripped === undefined) continue;
    ({ reference, ours } = stripped);
    said.push(nameOf(rule));
  }
  return { reference, ours, said };
}
