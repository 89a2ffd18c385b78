// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { App } from './app';
import { applyTheme } from './theme';
import './styles/base.css';
import './styles/shell.css';
import './styles/parts.css';
import './styles/pages.css';

applyTheme();
render(<App />, document.getElementById('app') as HTMLElement);
