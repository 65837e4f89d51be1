import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { landFile } from './scripts/land.ts'
import { preloadMap } from './scripts/preload.ts'

/** Libraries change more seldom than the page: browsers keep them over its versions. */
const LIBRARIES = [
  // Else it would go with the first library that loads a part of itself later, and the page with it.
  { name: 'loading', test: /vite\/preload-helper/, priority: 1 },
  { name: 'maplibre', test: /node_modules\/maplibre-gl\/.*\.m?js$/ },
  { name: 'deck', test: /node_modules\/@(deck|luma|math|probe|loaders)\.gl\/.*\.m?js$/ },
  { name: 'hexagons', test: /node_modules\/(apache-arrow|flatbuffers|h3-js)\/.*\.m?js$/ },
]

export default defineConfig({
  base: '/',
  plugins: [landFile(fileURLToPath(new URL('./generated/land.json', import.meta.url))), preloadMap()],
  build: {
    outDir: '../static',
    emptyOutDir: true,
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: { output: { codeSplitting: { groups: LIBRARIES } } },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8078' } },
})
