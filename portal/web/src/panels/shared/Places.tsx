/** The places around something, finest first, each leading to its area. */
import type { Place } from '../../api'
import { selection } from '../../state'

export const Places = ({ places }: { places: Place[] }) =>
  places.length ? (
    <p class="places">
      {places.map(({ code, name }, at) => (
        <span key={code}>
          {at > 0 && ', '}
          <button
            type="button"
            class="link-button"
            onClick={() => {
              selection.value = { kind: 'area', code }
            }}
          >
            {name}
          </button>
        </span>
      ))}
    </p>
  ) : null
