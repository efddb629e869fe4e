import { WaitingCount } from '#components/monitoring/waiting-count.tsx';
import { NavLink } from '#components/ui/nav-link.tsx';
import type { Places } from '#lib/shared/roles.ts';

/** Places by role, as a list. */
export function NavigationGroups({ groups }: { groups: readonly Places[] }) {
  return (
    <div className="flex flex-col gap-4">
      {groups.map((group) => (
        <nav key={group.title} aria-label={group.title}>
          <p className="mb-1 px-2.5 text-xs font-medium text-muted" aria-hidden>
            {group.title}
          </p>
          <ul className="flex flex-col gap-0.5">
            {group.pages.map((item) => (
              <li key={item.href}>
                <NavLink href={item.href} isParent={item.isParent ?? false} look="side">
                  <span>{item.label}</span> {item.counts === 'waiting-alerts' ? <WaitingCount /> : null}
                </NavLink>
              </li>
            ))}
          </ul>
        </nav>
      ))}
    </div>
  );
}
