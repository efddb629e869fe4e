import type { ComparedFact } from '#components/kinds/kind.ts';
import { countOf } from '#components/ui/count.ts';
import type { Fact, WordFact } from '#components/ui/facts.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { degreesInWords, placeOf } from '#components/kinds/shared/place.ts';
import { readRelay } from '#ledger/contracts/kinds/connection.ts';
import { portsInWords, portsOf, relayOf } from './terms.ts';

function rate(bytesPerS: bigint): string {
  return `${formatBytes(String(bytesPerS))}/s`;
}

export function connectionSize(attributes: readonly TermDto[]): { figure: string; beneath: string } {
  const { downBytesPerS, connections } = relayOf(attributes);
  return { figure: rate(downBytesPerS), beneath: countOf(connections, 'connection') };
}

export function connectionCompared(attributes: readonly TermDto[]): ComparedFact[] {
  const relay = readRelay(attributes);
  if (relay === undefined) return [];
  const { roundTripMs, probeBytesPerS, region, upBytesPerS } = relay;
  return [
    { name: 'Round trip through the relay', value: `${formatCount(roundTripMs.toString())} ms`, isMeasured: true },
    { name: 'Throughput through the relay', value: rate(probeBytesPerS), isMeasured: true },
    { name: 'From the customer', value: rate(upBytesPerS), isMeasured: false },
    { name: 'Region', value: region, isMeasured: false },
  ];
}

export function connectionFacts(attributes: readonly TermDto[]): Fact[] {
  const { connections, downBytesPerS, upBytesPerS, ports, region, roundTripMs, probeBytesPerS } = relayOf(attributes);
  const place = placeOf(attributes);
  return [
    {
      name: 'Relay',
      value: `${countOf(connections, 'connection')} at the same time, of all customers together`,
    },
    {
      name: 'Rate',
      value: `${rate(downBytesPerS)} to customers, ${rate(upBytesPerS)} from customers, of all together`,
    },
    { name: 'Ports of targets', value: portsInWords(ports) },
    { name: 'Place', value: `region ${region}` },
    ...(place === undefined
      ? []
      : [
          {
            name: 'Where it stands',
            value: `${degreesInWords(place)}: a cell of a tenth of a degree, as its provider states it`,
          },
        ]),
    {
      name: 'Round trip through the relay',
      value: `${formatCount(roundTripMs.toString())} ms to a target of its provider’s choice, measured by its agent when it was tested: the median of five connections`,
    },
    {
      name: 'Throughput through the relay',
      value: `${rate(probeBytesPerS)} from that target, measured by its agent when it was tested`,
    },
    {
      name: 'Used by',
      value: 'SOCKS5 with a name and a password, and HTTP CONNECT, at one address: addresses of the Internet alone',
    },
  ];
}

export function connectionWayFacts(ways: readonly TermDto[]): WordFact[] {
  return [{ name: 'Ports of targets', value: portsInWords(portsOf(ways)) }];
}
