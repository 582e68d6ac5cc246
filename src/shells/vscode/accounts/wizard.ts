/** Where a conversation in several steps stands. */
export interface WizardState<D, S extends string> {
  readonly draft: D;
  /** The step that is asked now; null: it is over. */
  readonly step: S | null;
  /** True when the last step was answered; false as long as it goes on and when the person left it. */
  readonly finished: boolean;
}

/** What happens at a step. */
export type WizardMove<D, S extends string> =
  /** Goes on, or to `to` where that is named. */
  | { readonly type: 'answer'; readonly change: Partial<D>; readonly to?: S }
  | { readonly type: 'back' }
  | { readonly type: 'leave' };

/** The steps of a conversation. They may depend on what was answered before. */
export interface WizardPlan<D, S extends string> {
  steps(draft: D): readonly S[];
  /** Steps that ask nothing: going back passes them by. */
  readonly automatic: ReadonlySet<S>;
}

/** The first step. */
export function startWizard<D, S extends string>(plan: WizardPlan<D, S>, draft: D): WizardState<D, S> {
  const [step = null] = plan.steps(draft);
  return { draft, step, finished: step === null };
}

/** What comes after a move. Nothing that was answered is lost by going back or by leaving. */
export function advance<D, S extends string>(
  plan: WizardPlan<D, S>,
  state: WizardState<D, S>,
  move: WizardMove<D, S>,
): WizardState<D, S> {
  const { step } = state;
  if (step === null) return state;
  switch (move.type) {
    case 'leave':
      return { ...state, step: null };
    case 'back': {
      const asked = plan.steps(state.draft).filter((each) => each === step || !plan.automatic.has(each));
      return { ...state, step: asked[asked.indexOf(step) - 1] ?? step };
    }
    case 'answer': {
      const draft = { ...state.draft, ...move.change };
      const steps = plan.steps(draft);
      const next = move.to ?? steps[steps.indexOf(step) + 1] ?? null;
      return { draft, step: next, finished: next === null };
    }
  }
}

/** Number of a step among those that ask, from 1, and how many there are. */
export function placeOf<D, S extends string>(
  plan: WizardPlan<D, S>,
  { draft, step }: WizardState<D, S>,
): { readonly step: number; readonly totalSteps: number } {
  const asked = plan.steps(draft).filter((each) => !plan.automatic.has(each));
  const steps = plan.steps(draft);
  const before = steps.slice(0, step === null ? steps.length : steps.indexOf(step) + 1);
  return { step: Math.max(1, before.filter((each) => !plan.automatic.has(each)).length), totalSteps: asked.length };
}
