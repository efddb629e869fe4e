'use client';

import { useEffect, useState } from 'react';
import { readWord, type GatewayAnswer, type GatewayLink } from '#components/wallet/gateway.ts';

/** Between two questions to a gateway that has not said the word. */
const ASK_AGAIN_MS = 3_000;

export interface AskedWord<Said> {
  word: string;
  /** What is known before the gateway has answered. */
  first: Said;
  /** The same function each time: another one asks anew. */
  read: (answer: GatewayAnswer<string>) => Said;
  isWanted: (said: Said) => boolean;
}

/** What a gateway says of an order under a word; asked for again as long as it is wanted. */
export function useGatewayWord<Said>({ url, token }: GatewayLink, asked: AskedWord<Said>): Said {
  const { word, first, read, isWanted } = asked;
  const [said, setSaid] = useState(first);
  const isAsked = isWanted(said);
  useEffect(() => {
    if (!isAsked) return undefined;
    let isCurrent = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    // One question after the other: each waits by itself for a gateway that has not heard of its own delivery yet.
    const ask = async () => {
      const answer = read(await readWord({ url, token }, word));
      if (!isCurrent) return;
      setSaid(answer);
      timer = setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    void ask();
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [isAsked, url, token, word, read]);
  return said;
}
