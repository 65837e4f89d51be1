/** What is asked for in the dialog, and what the file is called. */

export type Asked = { week: string; area: string; language: string; format: string }

const SPOKEN = ['pdf', 'xlsx']

/** The code of "Name (code)"; a text without brackets is a code itself. */
export const codeOf = (text: string) => /\(([^()]+)\)\s*$/.exec(text)?.[1] ?? text.trim()

/** The file's name, as the portal and the command line call it. */
export const nameOf = ({ week, area, language, format }: Asked) => {
  const place = area ? `-${area.replace(/[^\w.+-]/g, '_')}` : ''
  return `kerumun-mobility-${week}${place}${SPOKEN.includes(format) ? `-${language}` : ''}.${format}`
}
