/** Finds an area by its name: a combobox with a list, by the pattern of the ARIA guide. */
import { useSignal } from '@preact/signals'
import { useEffect, useId } from 'preact/hooks'
import { type AreaFound, get } from '../../api'
import { t, tOr } from '../../i18n'
import { flyToBox } from '../../map/camera'
import { announcement, selection } from '../../state'
import { SearchIcon } from '../shared/icons'
import { placeAfter } from '../shared/roving'

const PAUSE_ms = 200

const around = ({ places, code }: AreaFound) =>
  places
    .filter((place) => place.code !== code)
    .map((place) => place.name)
    .join(', ')

/** Areas with such a name; nothing for an empty text. */
const useFound = (text: string) => {
  const found = useSignal<AreaFound[] | null>(null)
  useEffect(() => {
    if (!text.trim()) {
      found.value = null
      return
    }
    const stop = new AbortController()
    const timer = setTimeout(async () => {
      try {
        found.value = (
          await get<{ areas: AreaFound[] }>('/areas/search', { q: text.trim() }, stop.signal)
        ).areas
        announcement.value = found.value.length
          ? t('search.found', { areas: found.value.length })
          : t('search.none')
      } catch {
        if (!stop.signal.aborted) found.value = null
      }
    }, PAUSE_ms)
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [text])
  return found
}

const Option = ({
  area,
  id,
  isHere,
  pick,
}: {
  area: AreaFound
  id: string
  isHere: boolean
  pick: () => void
}) => (
  // biome-ignore lint/a11y/useKeyWithClickEvents: the input has the focus and takes the keys of its list
  <div id={id} role="option" class="search__option" aria-selected={isHere} tabIndex={-1} onClick={pick}>
    <strong>{area.name}</strong>
    <span class="quiet">
      {[tOr(`place.${area.level}`, area.level), around(area)].filter(Boolean).join(' · ')}
    </span>
  </div>
)

export const AreaSearch = () => {
  const id = useId()
  const text = useSignal('')
  const here = useSignal(0)
  const isOpen = useSignal(false)
  const found = useFound(text.value)
  const areas = found.value ?? []
  const isShown = isOpen.value && found.value !== null
  const pick = (area: AreaFound) => {
    selection.value = { kind: 'area', code: area.code }
    flyToBox(area.box)
    text.value = ''
    isOpen.value = false
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      isOpen.value = false
      text.value = ''
    } else if (event.key === 'Enter' && areas[here.value]) pick(areas[here.value])
    else if (event.key.startsWith('Arrow')) {
      here.value = placeAfter(event.key, here.value, areas.length || 1, 'column') ?? here.value
      if (event.key === 'ArrowUp' || event.key === 'ArrowDown') event.preventDefault()
    }
  }
  return (
    <search class="search">
      <SearchIcon />
      <input
        class="search__input"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck={false}
        aria-label={t('search.label')}
        placeholder={t('search.placeholder')}
        aria-expanded={isShown && areas.length > 0}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={isShown && areas[here.value] ? `${id}-${here.value}` : undefined}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value
          here.value = 0
          isOpen.value = true
        }}
        onKeyDown={onKeyDown}
        onBlur={() => setTimeout(() => (isOpen.value = false), PAUSE_ms)}
      />
      <div
        class="search__list"
        id={`${id}-list`}
        role="listbox"
        aria-label={t('search.label')}
        hidden={!isShown || !areas.length}
      >
        {areas.map((area, at) => (
          <Option
            key={area.code}
            area={area}
            id={`${id}-${at}`}
            isHere={at === here.value}
            pick={() => pick(area)}
          />
        ))}
      </div>
      {isShown && !areas.length && <p class="search__list search__none">{t('search.none')}</p>}
    </search>
  )
}
