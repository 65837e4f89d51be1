/** Lines and bands as SVG paths, broken where nothing is known. */

type Point = [x: number, y: number | null]
type Span = [x: number, low: number | null, high: number | null]

const place = (x: number, y: number) => `${x.toFixed(1)},${y.toFixed(1)}`

const pieces = <T extends (number | null)[]>(all: T[]): { [K in keyof T]: number }[][] => {
  const found: T[][] = [[]]
  for (const each of all) {
    if (each.includes(null)) found.push([])
    else found[found.length - 1].push(each)
  }
  return found.filter((piece) => piece.length > 0) as { [K in keyof T]: number }[][]
}

/** A point that stands alone is drawn as a short dash, or nobody would see it. */
export const linePath = (points: Point[], alone = 1.5) =>
  pieces(points)
    .map((piece) =>
      piece.length === 1
        ? `M${place(piece[0][0] - alone, piece[0][1])}H${(piece[0][0] + alone).toFixed(1)}`
        : `M${piece.map(([x, y]) => place(x, y)).join('L')}`,
    )
    .join('')

export const bandPath = (spans: Span[]) =>
  pieces(spans)
    .map((piece) => {
      const low = piece.map(([x, from]) => place(x, from))
      const high = piece.map(([x, , to]) => place(x, to)).reverse()
      return `M${[...low, ...high].join('L')}Z`
    })
    .join('')
