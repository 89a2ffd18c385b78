// SPDX-License-Identifier: Apache-2.0
// A connector with a sample fleet, to look at and to work on the console with; it stays until Ctrl-C.
//     npm run sample      then open the URL it prints, or: PLATEN_CONNECTOR=URL npm run dev in connector/console
import { Connector } from './lib/connector.mjs';
import { fillWithSample } from './lib/sample.mjs';

const connector = new Connector();
await connector.start();
const agents = await fillWithSample(connector);
console.log(`${connector.url}\n${Object.entries(connector.passwords).map(([name, password]) => `  ${name}  ${password}`).join('\n')}`);

/** The PCs stay in touch, or they would be taken for late. */
const health = setInterval(() => agents.forEach((agent) => agent.report(agent.health()).catch(console.error)), 30_000);
process.once('SIGINT', async () => {
	clearInterval(health);
	for (const agent of agents) agent.close();
	await connector.stop();
	connector.remove();
	process.exit(0);
});
