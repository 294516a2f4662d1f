/** Limits how often the sessions of one request continue on another replica. */
export class ReplayBudget {
  /** @param left number of replays that the request may still have */
  constructor(private left: number) {}

  /** Takes one replay. False if none is left. */
  spend(): boolean {
    if (this.left === 0) return false
    this.left--
    return true
  }
}
