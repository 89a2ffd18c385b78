// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingName, settingValue } from '../src/lib/settings';

test('values are told in words and units', () => {
	assert.equal(settingValue('sleep_timer_s', '900'), '15 min');
	assert.equal(settingValue('auto_off_s', '7200'), '2 h');
	assert.equal(settingValue('auto_off_s', '0'), 'never');
	assert.equal(settingValue('sleep_timer_s', '90'), '90 s');
	assert.equal(settingValue('density', '5'), '5');
	assert.equal(settingValue('density', null), 'not told');
	assert.equal(settingName('panel_lock'), 'Panel lock');
	assert.equal(settingName('something_new'), 'something_new');
});
