'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { roleName, roles } from '#lib/shared/roles.ts';
import type { Role } from '#ledger/contracts/shared/roles.ts';

export interface RoleRequestFormProps {
  address: string;
  /** Roles that the account neither holds nor has asked for; at least one. */
  requestable: readonly [Role, ...Role[]];
}

export function RoleRequestForm({ address, requestable }: RoleRequestFormProps) {
  const [role, setRole] = useState<string>(requestable[0]);
  const action = useSignedAction('RequestRole', address);
  const chosen = requestable.find((code) => code === role) ?? requestable[0];
  const args = { role: chosen };
  return (
    <Panel>
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void action.run(args);
        }}
      >
        <WhatItDoes method="RequestRole" />
        <Select
          label="Role"
          name="role"
          value={chosen}
          onChange={setRole}
          options={requestable.map((code) => ({ value: code, label: `${roleName(code)}: ${roles[code].does}` }))}
        />
        <SigningNote step={action.step} sentence={action.sentence} />
        <div>
          <Button type="submit" variant="primary" isPending={action.isPending}>
            {`Sign and request the role ${roles[chosen].title}`}
          </Button>
        </div>
        <ApiCall method="RequestRole" args={args} />
      </form>
    </Panel>
  );
}
