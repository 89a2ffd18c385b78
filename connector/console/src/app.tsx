// SPDX-License-Identifier: Apache-2.0
// The console: the sign-in page, or the shell with the page that the address names.

import { useEffect, useState } from 'preact/hooks';
import { hasToken, whenSignedOut } from './api/client';
import { MeContext, useResource, useRoute } from './api/hooks';
import { startLive } from './api/live';
import type { Me } from './api/types';
import type { Route } from './lib/router';
import { isOpenTo, PLACES } from './places';
import { Loading, Problem } from './ui/basic';
import { Notices } from './ui/dialog';
import { Shell } from './ui/shell';
import { Actions } from './pages/actions';
import { Agent } from './pages/agent';
import { Agents } from './pages/agents';
import { Alerts } from './pages/alerts';
import { Audit } from './pages/audit';
import { Customers } from './pages/customers';
import { Enrol } from './pages/enrol';
import { Login } from './pages/login';
import { NotFound } from './pages/not-found';
import { Overview } from './pages/overview';
import { Printer } from './pages/printer';
import { Printers } from './pages/printers';
import { Rollout } from './pages/rollout';
import { Rollouts } from './pages/rollouts';
import { Settings } from './pages/settings';
import { UsersPage } from './pages/users';

function pageFor(me: Me, { path, query }: Route) {
	const [page, id] = path;
	const place = PLACES.find((one) => one.path[0] === page);
	if (!place || !isOpenTo(me, place)) return <NotFound />;
	switch (page) {
		case undefined:
			return <Overview />;
		case 'printers':
			return id ? <Printer id={id} key={id} /> : <Printers query={query} />;
		case 'alerts':
			return <Alerts query={query} />;
		case 'agents':
			return id ? <Agent id={id} key={id} /> : <Agents query={query} />;
		case 'actions':
			return <Actions query={query} />;
		case 'firmware':
			return id ? <Rollout id={id} key={id} /> : <Rollouts />;
		case 'enrol':
			return <Enrol />;
		case 'customers':
			return <Customers />;
		case 'users':
			return <UsersPage />;
		case 'audit':
			return <Audit query={query} />;
		case 'settings':
			return <Settings />;
		default:
			return <NotFound />;
	}
}

function SignedIn() {
	const me = useResource<Me>('/me');
	const route = useRoute();
	const place = route.path.join('/');
	useEffect(startLive, []);
	useEffect(() => scrollTo(0, 0), [place]);
	if (!me.data) return <div class="alone">{me.error ? <Problem message={me.error.message} retry={me.reload} /> : <Loading />}</div>;
	return (
		<MeContext.Provider value={me.data}>
			<Shell route={route}>
				<div key={place}>{pageFor(me.data, route)}</div>
			</Shell>
		</MeContext.Provider>
	);
}

export function App() {
	const [signedIn, setSignedIn] = useState(hasToken);
	const [ended, setEnded] = useState(false);
	useEffect(() => {
		whenSignedOut(() => {
			setSignedIn(false);
			setEnded(true);
		});
	}, []);
	return (
		<>
			{signedIn ? <SignedIn /> : <Login again={ended} onSignedIn={() => setSignedIn(true)} />}
			<Notices />
		</>
	);
}
