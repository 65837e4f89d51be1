/** Lets the browser fetch the map's files together with the page, long before the page asks for them. */
import type { HtmlTagDescriptor, Plugin, Rolldown } from 'vite'

const ENTRY = 'map/MapArea.tsx'

/** A chunk and all that it cannot do without. */
const withImports = (chunk: Rolldown.OutputChunk, bundle: Rolldown.OutputBundle): string[] => [
  chunk.fileName,
  ...chunk.imports.flatMap((name) => {
    const its = bundle[name]
    return its?.type === 'chunk' && !its.isEntry ? withImports(its, bundle) : []
  }),
]

const link = (name: string): HtmlTagDescriptor => ({
  tag: 'link',
  attrs: { rel: 'modulepreload', crossorigin: true, href: `/${name}` },
  injectTo: 'head',
})

export const preloadMap = (): Plugin => ({
  name: 'preload-map',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler: (_, { bundle = {} }) => {
      const map = Object.values(bundle).find(
        (each) => each.type === 'chunk' && each.facadeModuleId?.endsWith(ENTRY),
      )
      if (map?.type !== 'chunk') throw new Error(`no chunk was made of ${ENTRY}`)
      return [...new Set(withImports(map, bundle))].map(link)
    },
  },
})
