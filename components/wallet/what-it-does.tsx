import { methodOf, type MethodName } from '#ledger/contracts/definitions.ts';

/** What a signature brings about, in the words of the method's definition: the same that the API's documentation gives. */
export function WhatItDoes({ method }: { method: MethodName }) {
  return <p>{methodOf(method).definition.does}</p>;
}
