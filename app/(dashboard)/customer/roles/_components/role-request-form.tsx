'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { roleName } from '#components/ui/format.ts';
import { Panel } from '#components/ui/page-header.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { SigningNote } from '#components/wallet/signing-note.tsx';
import { useSignedAction } from '#components/wallet/use-signed-action.ts';

const WHAT: Readonly<Record<string, string>> = {
  NRP: 'publishes and serves resources',
  NRB: 'keeps the registry and matches demands',
  NRNSM: 'watches and repairs the nodes',
  NRNSP: 'runs a consensus node and votes',
  NO: 'watches the network and compares identities',
};

export function RoleRequestForm({ address, roles }: { address: string; roles: readonly string[] }) {
  const [role, setRole] = useState(roles[0] ?? 'NRP');
  const action = useSignedAction('RequestRole', address);
  const chosen = roles.includes(role) ? role : (roles[0] ?? 'NRP');
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
        <Select
          label="Role"
          name="role"
          value={chosen}
          onChange={setRole}
          options={roles.map((code) => ({ value: code, label: `${roleName(code)} (${code}): ${WHAT[code] ?? ''}` }))}
        />
        <SigningNote step={action.step} sentence={action.sentence} />
        <div>
          <Button type="submit" variant="primary" isPending={action.isPending}>
            Sign and request the role {roleName(chosen)}
          </Button>
        </div>
        <ApiCall method="RequestRole" args={args} />
      </form>
    </Panel>
  );
}
