import { defineConfig } from 'vite';

// The page as static files: hashed names below assets/, which may be kept for good.
export default defineConfig({
  root: import.meta.dirname,
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    // A data: address for a font or a picture would need a hole in the policy.
    assetsInlineLimit: 0,
  },
  server: {
    // npm run dev:web beside npm start.
    proxy: Object.fromEntries(
      ['/sessions', '/reports', '/openapi.json', '/page.json', '/uploads', '/sql', '/compare'].map(
        (path) => [path, 'http://localhost:8080'],
      ),
    ),
  },
});
