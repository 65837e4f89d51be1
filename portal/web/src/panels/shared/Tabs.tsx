/** Tabs: arrows move between them, Tab goes on into what they show. */
import type { Signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useId } from 'preact/hooks'
import { moveFocus } from './roving'

export type Tab<Id extends string> = { id: Id; label: string; badge?: { count: number; says: string } }
type Props<Id extends string> = {
  label: string
  tabs: Tab<Id>[]
  chosen: Signal<Id>
  children: ComponentChildren
}

const Badge = ({ count, says }: { count: number; says: string }) =>
  count ? (
    <span class="tab__badge" title={says}>
      <span aria-hidden="true">{count}</span>
      <span class="for-readers"> ({says})</span>
    </span>
  ) : null

export const Tabs = <Id extends string>({ label, tabs, chosen, children }: Props<Id>) => {
  const id = useId()
  return (
    <div class="tabs">
      <div
        class="tabs__list"
        role="tablist"
        aria-label={label}
        onKeyDown={(e) => moveFocus(e, '[role=tab]', 'row')}
      >
        {tabs.map((tab) => (
          <button
            key={tab.id}
            type="button"
            role="tab"
            class="tab"
            id={`${id}-${tab.id}`}
            aria-selected={chosen.value === tab.id}
            aria-controls={`${id}-panel`}
            tabIndex={chosen.value === tab.id ? 0 : -1}
            onFocus={() => {
              chosen.value = tab.id
            }}
            onClick={() => {
              chosen.value = tab.id
            }}
          >
            {tab.label}
            {tab.badge && <Badge {...tab.badge} />}
          </button>
        ))}
      </div>
      <div
        class="tabs__panel"
        role="tabpanel"
        id={`${id}-panel`}
        aria-labelledby={`${id}-${chosen.value}`}
        tabIndex={-1}
      >
        {children}
      </div>
    </div>
  )
}
