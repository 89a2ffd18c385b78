// SPDX-License-Identifier: Apache-2.0
import { Empty, Page } from '../ui/basic';

export function NotFound() {
	return (
		<Page title="No such page">
			<Empty icon="search" title="There is nothing at this address">
				Go back to the <a href="#/">overview</a>.
			</Empty>
		</Page>
	);
}
