import type { Decision, DueItem, StateReader } from '#ledger/core/decision.ts';
import { DraftState } from '#ledger/contracts/shared/draft-state.ts';

/** Events that follow from one another: each is written on a draft before the next one is worked out. */
export class Steps<Event> {
  readonly state: DraftState;
  readonly #events: Event[] = [];
  readonly #due: DueItem[] = [];
  readonly #cancel: Omit<DueItem, 'atMs'>[] = [];
  readonly #evolve: (state: DraftState, event: Event) => void;

  constructor(state: StateReader, evolve: (state: DraftState, event: Event) => void) {
    this.state = new DraftState(state);
    this.#evolve = evolve;
  }

  /** Takes over what was decided on the draft as it stands. */
  take({ events, due = [], cancel = [] }: Decision<Event>): void {
    for (const event of events) {
      this.#evolve(this.state, event);
      this.#events.push(event);
    }
    // What is cancelled may be queued anew by the same decision: an item of this decision waits only once it is over.
    this.#cancel.push(...cancel);
    for (const item of cancel) this.#forget(item);
    for (const item of due) {
      this.#forget(item);
      this.#due.push(item);
    }
  }

  add(...events: Event[]): void {
    this.take({ events });
  }

  /** Waits until `atMs`; what waited before for the same waits no longer. */
  wait(item: DueItem): void {
    const { atMs: _atMs, ...what } = item;
    this.take({ events: [], cancel: [what], due: [item] });
  }

  decision(): Decision<Event> {
    return { events: this.#events, due: this.#due, cancel: this.#cancel };
  }

  #forget({ contract, kind, subject }: Omit<DueItem, 'atMs'>): void {
    const at = this.#due.findIndex(
      (item) => item.contract === contract && item.kind === kind && item.subject === subject,
    );
    if (at >= 0) this.#due.splice(at, 1);
  }
}
