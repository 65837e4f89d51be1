import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { landFile } from './scripts/land.ts'

export default defineConfig({
  base: '/',
  plugins: [landFile(fileURLToPath(new URL('./generated/land.json', import.meta.url)))],
  build: { outDir: '../static', emptyOutDir: true, sourcemap: false, chunkSizeWarningLimit: 3000 },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:8078' } },
})
