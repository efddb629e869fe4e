'use client';

import type { KindFieldsProps } from '#components/kinds/kind.ts';
import { Field } from '#components/ui/field.tsx';
import type { TermDto } from '#lib/shared/dto.ts';
import { readRelay } from '#ledger/contracts/kinds/connection.ts';
import { portsIn, portsInWords } from './terms.ts';

/** To which ports of targets customers are connected. */
export function ConnectionWayFields({
  draft,
  onChange,
  errors,
  attributes,
}: KindFieldsProps & { attributes: readonly TermDto[] }) {
  const tested = readRelay(attributes)?.ports;
  const most = tested === undefined ? '' : ` The tested relay connects to ${portsInWords(tested)}, and to no others.`;
  return (
    <Field
      label="Ports of targets"
      name="ports"
      value={portsIn(draft)}
      onChange={(ports) => onChange({ ...draft, ports })}
      error={errors.ports}
      description={`Customers are connected to these alone: 443 is what https uses.${most}`}
    />
  );
}
