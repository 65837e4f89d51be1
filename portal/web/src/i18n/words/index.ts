/** All words of the page. A key stands once, with both languages side by side. */
import { mapWords } from '../map'
import { account } from './account'
import { charts } from './charts'
import { common } from './common'
import { details } from './details'
import { header } from './header'
import { lists } from './lists'
import { report } from './report'
import { said } from './said'
import { warnings } from './warnings'

export const words = {
  ...account,
  ...charts,
  ...common,
  ...details,
  ...header,
  ...lists,
  ...mapWords,
  ...report,
  ...said,
  ...warnings,
}
export type Key = keyof typeof words
