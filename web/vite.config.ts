import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The design tokens that our own style sheets use; each is published as `--tl-<name>`. */
const TOKENS = [
  'color-background-container-content',
  'color-background-container-header',
  'color-background-layout-main',
  'color-background-button-primary-default',
  'color-background-status-info',
  'color-background-status-success',
  'color-background-status-warning',
  'color-background-status-error',
  'color-border-divider-default',
  'color-border-item-focused',
  'color-border-status-info',
  'color-text-accent',
  'color-text-body-default',
  'color-text-body-secondary',
  'color-text-heading-default',
  'color-text-status-error',
  'color-text-status-info',
  'color-text-status-success',
  'color-text-status-warning',
];

/**
 * Offers the custom properties that the installed components really define as `virtual:tokens.css`.
 *
 * The published design-tokens package can lag behind the components; it then names properties nobody defines, and
 * every colour silently falls back to light mode. A missing name fails the build instead.
 */
function tokens(): Plugin {
  const id = 'virtual:tokens.css';
  const sheet = here('node_modules/@cloudscape-design/components/internal/base-theme/styles.scoped.css');
  return {
    name: 'tokens',
    resolveId: (source) => (source === id ? `\0${id}` : undefined),
    load(source) {
      if (source !== `\0${id}`) return undefined;
      const real = new Map<string, string>();
      for (const [, name, hash] of readFileSync(sheet, 'utf8').matchAll(/--(color-[a-z0-9-]+?)-([a-z0-9]{6})\s*:/g)) {
        real.set(name ?? '', `--${name}-${hash}`);
      }
      const missing = TOKENS.filter((name) => !real.has(name));
      if (missing.length > 0) throw new Error(`the components define no token named ${missing.join(', ')}`);
      return `body{${TOKENS.map((name) => `--tl-${name}:var(${real.get(name)})`).join(';')}}`;
    },
  };
}

const pages = { console: here('index.html'), call: here('call/index.html') };

export default defineConfig({
  base: './',
  plugins: [react(), tokens()],
  define: { global: 'globalThis' }, // the Cognito client's Buffer shim reads Node's name for it
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 1600,
    rollupOptions: { input: Object.fromEntries(Object.entries(pages).filter(([, page]) => existsSync(page))) },
  },
  server: { proxy: { '/api': process.env.TRUNKLINE_ORIGIN ?? 'http://127.0.0.1:8080' } },
  test: {
    environment: 'happy-dom',
    testTimeout: 30_000, // a machine may be busy; what hangs is still told
    include: ['src/**/*.test.{ts,tsx}', 'call/**/*.test.ts'],
    server: { deps: { inline: [/@cloudscape-design/] } },
  },
});
