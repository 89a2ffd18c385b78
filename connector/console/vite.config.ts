// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vite';

// Everything is a file of its own under /assets with a hash in its name: the connector sends a
// Content-Security-Policy without inline scripts, inline styles or data: scripts.
export default defineConfig({
	base: './',
	esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
	build: {
		target: 'es2022',
		assetsInlineLimit: 0,
		modulePreload: { polyfill: false },
		reportCompressedSize: false,
		emptyOutDir: true,
	},
	server: {
		host: '127.0.0.1',
		proxy: {
			'/api': { target: process.env.PLATEN_CONNECTOR ?? 'https://localhost:12352', secure: false },
		},
	},
});
