import { type CleanupPlan, planCleanup } from '../../core/cleanup/plan.ts';
import { holdStoreFor, type JsonCleanupInput, takeSnapshot } from './cleanup-snapshot.ts';

/** Plans what a cleanup would do. Writes nothing and takes no lock, and loads nothing that could. */
export function previewCleanup(input: JsonCleanupInput): CleanupPlan {
  using store = holdStoreFor(input);
  const { snapshot, chosen } = takeSnapshot({ ...input, store, purpose: 'preview' });
  return planCleanup({ snapshot, chosen, policy: input.policy, purpose: 'preview' });
}
