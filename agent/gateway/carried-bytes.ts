/** Bytes that really passed for orders since the process began, both ways: bodies of calls, bodies of answers, and what connections carry. */
export class CarriedBytes {
  #total = 0;

  get total(): number {
    return this.#total;
  }

  add(bytes: number): void {
    this.#total += bytes;
  }
}
