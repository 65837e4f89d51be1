/** What keeps a warning from being approved, a sentence each. */
import { t } from '../../i18n'
import { complaintsOf } from '../../i18n/said'
import { Notice } from '../shared/Notice'

export const Problems = ({ problems }: { problems: string[] }) =>
  problems.length ? (
    <Notice tone="warn">
      <strong>{t('problems.title')}</strong>
      <ul>
        {problems.flatMap(complaintsOf).map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Notice>
  ) : null
