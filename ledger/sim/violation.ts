/** A guarantee did not hold: a defect of the validators, or a fault that a test put into them. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
