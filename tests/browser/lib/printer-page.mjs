// SPDX-License-Identifier: Apache-2.0
// Web pages for virtual printers: a good one with thirty resources, and a hostile one.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROFILES = fileURLToPath(new URL('../../vprinter/profiles', import.meta.url));

/** The smallest picture there is. */
const PICTURE = Buffer.from(
	'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==',
	'base64',
);

const IMAGES = 18;
const SCRIPTS = 6;
const STYLES = 5;

/** The good page: 1 document, 5 styles, 6 scripts, 18 images = 30 resources; links, redirects, cookies and a form. */
function goodPages() {
	const files = {};
	const own = (index) => ['', 'http://localhost', 'https://127.0.0.1:443'][index % 3]; // what printers write into their links
	let head = '';
	let body = '';
	for (let i = 0; i < STYLES; i++) {
		files[`style${i}.css`] = `.part${i} { color: rgb(${i}, 1, 2); }\n`;
		head += `<link rel="stylesheet" href="${own(i)}/page/style${i}.css">\n`;
	}
	for (let i = 0; i < SCRIPTS; i++) {
		files[`script${i}.js`] = `window.parts = (window.parts || 0) + 1; window.home = "http://localhost/page/home.html";\n`;
		head += `<script src="${i % 2 ? 'script' : `${own(i)}/page/script`}${i}.js"></script>\n`;
	}
	for (let i = 0; i < IMAGES; i++) {
		files[`image${i}.png`] = PICTURE;
		body += `<img src="${i % 2 ? '' : `${own(i)}/page/`}image${i}.png" alt="">\n`;
	}
	const links = `<a id="absolute" href="http://localhost/page/second.html">second</a> <a id="relative" href="second.html">second</a>
<a id="jump" href="/page/jump">jump</a> <a id="leap" href="leap">leap</a> <a id="away" href="away">away</a> <a id="member" href="member">member</a>`;
	const form = `<form method="post" action="http://localhost/page/save"><input name="location" value=""><button>Save</button></form>`;
	files['home.html'] = `<!DOCTYPE html><html><head><title>Virtual printer</title>${head}</head><body class="part0">
<h1>A printer's own page</h1>${links}${form}${body}</body></html>`;
	files['second.html'] = '<!DOCTYPE html><html><head><title>Second</title></head><body><h1>Second page</h1></body></html>';
	files['saved.html'] = '<!DOCTYPE html><html><head><title>Saved</title></head><body><h1>Saved</h1><a id="on" href="member">on</a></body></html>';
	const actions = {
		'GET /page/jump': { status: 302, location: 'http://localhost/page/second.html' },
		'GET /page/leap': { status: 302, location: 'second.html' },
		'GET /page/away': { status: 302, location: 'http://elsewhere.invalid/' },
		'GET /': { status: 302, location: '/page/home.html' },
		'POST /page/save': { status: 303, location: 'http://localhost/page/saved.html', headers: ['Set-Cookie: member=yes; Path=/; Domain=localhost'] },
		'GET /page/member': { status: 302, location: '/page/second.html', cookie: 'member=yes' },
	};
	return { files, actions };
}

/** The hostile page: what a printer that wants more than to be shown would try. `ports`: the console's and another session's. */
function hostilePages() {
	const script = `
const told = {};
const attempt = async (name, what) => {
	try { told[name] = await what(); } catch (error) { told[name] = 'failed: ' + error.name; }
};
const read = async (url, options) => { const answer = await fetch(url, options); return 'read ' + answer.status + ' ' + (await answer.text()).length; };
const loads = (tag, url) => new Promise((resolve) => {
	const element = document.createElement(tag);
	element.onload = () => resolve('loaded');
	element.onerror = () => resolve('failed: refused');
	setTimeout(() => resolve('failed: silence'), 3000);
	element.src = url;
	document.body.append(element);
});
window.attack = async (consolePort, otherPort) => {
	const at = (port) => 'https://' + location.hostname + ':' + port;
	await attempt('worker', async () => { await navigator.serviceWorker.register('/page/worker.js'); return 'registered'; });
	await attempt('webworker', () => new Promise((resolve, reject) => {
		const worker = new Worker('/page/worker.js');
		worker.onerror = () => resolve('failed: refused');
		worker.onmessage = () => resolve('runs');
		setTimeout(() => resolve('failed: silence'), 2000);
	}));
	await attempt('console', () => read(at(consolePort) + '/api/v1/me'));
	await attempt('consolePage', () => read(at(consolePort) + '/', { mode: 'no-cors', credentials: 'include' }));
	await attempt('other', () => read(at(otherPort) + '/page/home.html', { credentials: 'include' }));
	await attempt('otherOpaque', () => read(at(otherPort) + '/page/home.html', { mode: 'no-cors', credentials: 'include' }));
	await attempt('otherImage', () => loads('img', at(otherPort) + '/page/image0.png'));
	await attempt('otherFrame', () => new Promise((resolve) => {
		const frame = document.createElement('iframe');
		frame.src = at(otherPort) + '/page/home.html';
		frame.onload = () => { try { resolve('read ' + frame.contentDocument.title.length); } catch { resolve('failed: closed'); } };
		setTimeout(() => resolve('failed: silence'), 3000);
		document.body.append(frame);
	}));
	await attempt('cookie', async () => document.cookie.includes('platen') ? 'read ' + document.cookie : 'failed: hidden');
	await attempt('overwrite', async () => {
		document.cookie = '__Host-platen-page-' + otherPort + '=mine; Secure; Path=/';
		document.cookie = '__Host-platen-page-' + location.port + '=mine; Secure; Path=/';
		return 'failed: tried';
	});
	await attempt('opener', async () => window.opener === null ? 'failed: none' : 'has one');
	return told;
};
window.post = (port) => {
	const form = document.createElement('form');
	form.method = 'post';
	form.action = 'https://' + location.hostname + ':' + port + '/api/v1/logout';
	document.body.append(form);
	form.submit();
};`;
	const files = {
		'home.html': '<!DOCTYPE html><html><head><title>Hostile</title><script src="attack.js"></script></head><body><h1>Hostile</h1></body></html>',
		'attack.js': script,
		'worker.js': 'postMessage("here"); self.addEventListener("fetch", () => {});\n',
	};
	const actions = {
		'GET /': { status: 302, location: '/page/home.html' },
	};
	return { files, actions };
}

/** Writes a profile: a virtual printer with those pages; gives `NAME=FOLDER`. */
function makeProfile(folder, from, name, { files, actions }) {
	const place = join(folder, name);
	cpSync(join(PROFILES, from), place, { recursive: true });
	cpSync(join(PROFILES, 'words.json'), join(folder, 'words.json'));
	mkdirSync(join(place, 'http', 'page'), { recursive: true });
	for (const [file, content] of Object.entries(files)) writeFileSync(join(place, 'http', 'page', file), content);
	const path = join(place, 'behaviour.json');
	const behaviour = JSON.parse(readFileSync(path, 'utf8'));
	behaviour.http = { ...behaviour.http, actions: { ...behaviour.http?.actions, ...actions } };
	writeFileSync(path, JSON.stringify(behaviour));
	return `${name}=${place}`;
}

export const RESOURCES = 1 + STYLES + SCRIPTS + IMAGES;

export const goodPrinter = (folder, from = 'hp-mfp', name = 'good') => makeProfile(folder, from, name, goodPages());
export const hostilePrinter = (folder, from = 'hp-laser-ledm', name = 'hostile') => makeProfile(folder, from, name, hostilePages());
