// SPDX-License-Identifier: Apache-2.0
// Written by tools/api-types.mjs from openapi.yaml: change that.

export type Id = string;

export type Time = string;

export type MaybeTime = string | null;

export type MaybeText = string | null;

export type MaybeCount = number | null;

export type NextCursor = string | null;

export type Total = number;

export type Totp = string;

export type Role = 'viewer' | 'operator' | 'admin';

export type Error = {
	error: string;
	message: string;
	/** The request's member that is wrong */
	field?: string;
};

/**
 * The language in which the printer told it
 */
export type Source = 'ipp' | 'ledm' | 'pjl' | 'ieee1284' | 'usb' | 'computed' | null;

export type LoginRequest = {
	name: string;
	password: string;
	totp?: Totp;
};

export type Session = {
	token: string;
	expires_at: Time;
	role: Role;
	user: UserRef;
};

export type UserRef = {
	id: Id;
	name: string;
};

export type Me = {
	user: UserRef;
	/** The highest of the grants */
	role: Role;
	grants: Grant[];
	/** Whether this user signs in with a second factor */
	totp?: boolean;
	token: {
		kind: 'session' | 'api';
		expires_at: MaybeTime;
	};
	connector: {
		version: string;
		/** Where agents report, e.g. https://print.example:12351 */
		sda_url: string;
		/** Which groups of `later` operations this server answers */
		features: ('printer_notes' | 'printer_events' | 'agent_revoke' | 'pending_enrolments' | 'customers' | 'users' | 'api_tokens' | 'audit' | 'settings' | 'exports' | 'bundles' | 'password' | 'totp' | 'ews' | 'rollouts')[];
	};
};

export type Grant = {
	role: Role;
	/** null means all */
	customer_id: string | null;
	/** null means all of the customer's */
	site_id: string | null;
};

export type SiteRef = {
	id: Id;
	name: string;
	customer_id: Id;
	customer_name: string;
};

export type AgentRef = {
	id: Id;
	/** null when the site sends no names */
	name: string | null;
	state: AgentState;
};

export type PrinterRef = {
	id: Id;
	make: MaybeText;
	model: MaybeText;
	serial_number: MaybeText;
};

/**
 * One word for a table, the first that fits: `detached` (unplugged), `offline` (its PC is not heard from),
 * `error` (stopped, or an open critical alert), `attention` (an open warning, or a supply low or empty),
 * `processing`, `asleep`, `idle`, `unknown` (nothing told yet).
 */
export type PrinterStatus = 'error' | 'attention' | 'processing' | 'idle' | 'asleep' | 'unknown' | 'offline' | 'detached';

export type SupplyLevel = {
	index: number;
	class: 'consumed' | 'filled' | 'unknown';
	/** prtMarkerSuppliesType: toner, ink, wasteToner, … */
	type: string | null;
	colorant: string | null;
	/** What is left; of a `filled` (waste) container the space that is left */
	level_percent: number | null;
	state: 'ok' | 'low' | 'empty' | 'missing' | 'unknown';
};

export type Supply = SupplyLevel & {
	description: MaybeText;
	/** prtMarkerSuppliesSupplyUnit: percent, impressions, … */
	unit: string | null;
	max_capacity: MaybeCount;
	level: MaybeCount;
	level_code: LevelCode;
	part_number: MaybeText;
	serial_number: MaybeText;
	source?: Source;
};

/**
 * -1 other, -2 unknown, -3 some is left, how much is not told
 */
export type LevelCode = -1 | -2 | -3 | null;

export type AlertCounts = {
	critical: number;
	warning: number;
	report: number;
};

export type PrinterState = {
	printer_state: 'idle' | 'processing' | 'stopped' | 'unknown';
	asleep: boolean | null;
	reasons: string[];
	source?: Source;
};

export type PrinterNotes = {
	asset_number?: string | null;
	location?: string | null;
	tags?: string[];
};

export type PrinterSummary = PrinterRef & {
	status: PrinterStatus;
	state: PrinterState;
	site: SiteRef;
	agent: AgentRef;
	supply_levels: SupplyLevel[];
	impressions: MaybeCount;
	open_alerts: AlertCounts;
	asset_number: MaybeText;
	location: MaybeText;
	tags: string[];
	/** When a report last told something of this printer */
	last_seen: MaybeTime;
};

/**
 * The summary and the last snapshot, without what stays on the PC (state message, tray names, the printer's own
 * alert texts).
 */
export type Printer = PrinterSummary & {
	usb: {
		vendor_id?: MaybeText;
		product_id?: MaybeText;
		bus?: number | null;
		address?: number | null;
		port_path?: MaybeText;
		serial?: MaybeText;
	} | null;
	identity: {
		make: MaybeText;
		model: MaybeText;
		serial_number: MaybeText;
		uuid: MaybeText;
		firmware: MaybeText;
		/** Of the IEEE 1284 ID only MFG, MDL, CMD, CLS and SN */
		device_id: MaybeText;
		confidence: 'strong' | 'weak' | 'unknown';
		sources: Sources;
	};
	supplies: Supply[];
	counters: Counters;
	media: {
		index?: number | null;
		level: MaybeCount;
		level_code: LevelCode;
		capacity: MaybeCount;
		size: string | null;
		source?: Source;
	}[];
	/** The open ones, the worst first */
	alerts: Alert[];
	access: {
		owner?: 'none' | 'ipp-usb' | 'usblp' | 'cups' | 'usbprint' | 'other' | 'unknown';
		tier?: number | null;
		interfaces?: string[];
		busy?: boolean | null;
		note?: MaybeText;
	} | null;
	errors: {
		source: string;
		error: string;
	}[];
	/** When the agent read it from the printer */
	taken_at: MaybeTime;
	first_seen: MaybeTime;
	capabilities: Capabilities;
	/** Other printers that live now under the same serial number */
	duplicate: PrinterRef[];
};

/**
 * Field name to the language in which the printer told it
 */
export type Sources = Record<string, Source>;

export type CounterValues = {
	impressions?: MaybeCount;
	impressions_color?: MaybeCount;
	impressions_monochrome?: MaybeCount;
	sheets?: MaybeCount;
	sheets_duplex?: MaybeCount;
	scans?: MaybeCount;
	copies?: MaybeCount;
	faxes?: MaybeCount;
	jams?: MaybeCount;
};

export type Counters = CounterValues & {
	sources: Sources;
};

export type CounterSeries = {
	from: Time;
	to: Time;
	resolution: 'raw' | 'hour' | 'day';
	items: {
		taken_at: Time;
		counters: CounterValues;
	}[];
	/** Where a counter fell; never smoothed over */
	resets: {
		taken_at: Time;
		counter: string;
		before: number;
		after: number;
	}[];
};

export type Alert = {
	id: Id;
	printer: PrinterRef;
	site: SiteRef;
	code: string;
	severity: 'critical' | 'warning' | 'report' | 'unknown';
	group: string | null;
	description: string;
	since: Time;
	/** null while it is open */
	closed_at: MaybeTime;
};

export type PrinterEvent = {
	id: Id;
	kind: string;
	at: Time;
	description: string;
	details?: Record<string, unknown>;
};

/**
 * What the console may offer, and if not, why not
 */
export type Capabilities = {
	/** By action type; a type that is absent is not offered */
	actions: Record<string, {
		offered: boolean;
		/** Why not, in one sentence; null when offered */
		reason: string | null;
	}>;
};

/**
 * `online` (polling now or within its interval), `late` (missed its interval), `offline` (unheard for a day),
 * `revoked`
 */
export type AgentState = 'online' | 'late' | 'offline' | 'revoked';

export type AgentSummary = AgentRef & {
	/** How the PC's name is sent */
	name_form: 'full' | 'hash' | 'none';
	site: SiteRef;
	platform: 'linux' | 'windows' | 'macos' | 'unknown';
	os: string | null;
	version: MaybeText;
	last_seen: MaybeTime;
	enrolled_at: Time;
	printer_count: number;
	/** What a person should know, one sentence each */
	problems: string[];
};

export type Agent = AgentSummary & {
	printers: PrinterSummary[];
	/** What the agent last told of itself; null before its first report */
	health: {
		taken_at?: MaybeTime;
		uptime_s?: MaybeCount;
		memory_bytes?: MaybeCount;
		/** Not yet reported */
		spool_records?: MaybeCount;
		spool_bytes?: MaybeCount;
		/** The PC's clock minus ours */
		clock_offset_ms?: number | null;
		uplink?: 'long_poll' | 'poll' | null;
	} | null;
	certificate: {
		/** SHA-256 */
		fingerprint: string;
		expires_at: MaybeTime;
	};
	capabilities: Capabilities;
};

export type ActionType = 'probe_now' | 'identify' | 'reboot' | 'print_test_page' | 'diagnostics' | 'configure' | 'firmware' | 'ews' | 'agent_config' | 'agent_log';

export type ActionState = 'queued' | 'delivered' | 'running' | 'done' | 'failed' | 'rejected' | 'expired' | 'cancelled' | 'interrupted';

export type ActionRequest = {
	type: ActionType;
	/** By type; an empty object where there are none */
	parameters?: Record<string, unknown>;
	expires_in_s?: number;
};

export type Action = {
	id: Id;
	type: ActionType;
	parameters: Record<string, unknown>;
	state: ActionState;
	/** One sentence about the state */
	message: string | null;
	progress_percent: number | null;
	/** null for an action on the PC itself */
	printer: PrinterRef | null;
	agent: AgentRef;
	site: SiteRef;
	/** The user's or API token's name */
	created_by: string;
	created_at: Time;
	expires_at: Time;
	ended_at: MaybeTime;
	/** What it brought back, by type; `bundle_bytes` and `bundle_sha256` where there is a bundle */
	result: Record<string, unknown> | null;
	/** Oldest first */
	history: {
		state: ActionState;
		at: Time;
		message?: MaybeText;
	}[];
	cancellable: boolean;
	/** Only in the answer to `probe_now` on a PC with several printers: the actions of the other printers */
	others?: Id[];
};

export type Bundle = {
	/** Of the file */
	bytes: number;
	sha256: string;
	stored_at: Time;
	parts: {
		name: string;
		/** Unpacked */
		bytes: number;
	}[];
};

export type Event = {
	/** `printer.changed` also for a new, moved or detached one; `agent.changed` also for a new or revoked one and when it comes online or goes. Unknown types are to be ignored. */
	type: 'hello' | 'ping' | 'resync' | 'printer.changed' | 'agent.changed' | 'alert.opened' | 'alert.closed' | 'action.changed' | 'enrolment.pending' | 'ews.changed';
	at: Time;
	/** Of what changed */
	id?: Id;
	/** With alert.*, ews.changed and, where there is one, action.changed */
	printer_id?: string | null;
	/** With printer.changed, action.changed and ews.changed */
	agent_id?: string | null;
	/** With action.changed */
	state?: ActionState;
};

export type PrinterSetting = {
	name: string;
	type: 'number' | 'word';
	/** As the printer told it last, numbers as text too */
	value: string | null;
	/** The language that sets it: ipp, ledm or pjl */
	means: string | null;
	writable: boolean;
	/** Why it cannot be set */
	reason: string | null;
	choices: string[] | null;
	minimum: number;
	maximum: number;
	/** Only multiples are taken */
	step: number;
	wanted: string | null;
	/** Who wants it: printer or tag */
	by: string | null;
	tag: string | null;
	/** It is wanted so and is not */
	drift: boolean;
};

export type PrinterSettings = {
	/** The printer has a password; configure takes it and keeps it nowhere */
	wants_password: boolean;
	/** Whether configure is */
	offered: boolean;
	reason: string | null;
	items: PrinterSetting[];
};

export type PrinterSettingsRequest = {
	settings: Record<string, string>;
};

export type SettingRule = {
	customer_id: Id;
	tag: string;
	settings: Record<string, string>;
	/** How many have the tag */
	printers: number;
	/** How many of these are set otherwise */
	drifting: number;
	changed_at: MaybeTime;
	changed_by: string | null;
};

export type SettingRules = {
	items: SettingRule[];
};

export type SettingRuleRequest = {
	customer_id: Id;
	tag: string;
	settings: Record<string, string>;
};

export type Overview = {
	printers: {
		total: number;
		/** Every value of PrinterStatus */
		by_status: Record<string, number>;
	};
	agents: {
		total: number;
		/** Every value of AgentState */
		by_state: Record<string, number>;
	};
	alerts: AlertCounts;
	supplies: {
		low: number;
		empty: number;
	};
	actions: {
		open: number;
		failed_24h: number;
	};
	/** What needs a person now, the worst first, at most 50 */
	attention: {
		kind: 'alert' | 'supply' | 'agent' | 'enrolment' | 'action' | 'duplicate' | 'certificate' | 'drift';
		severity: 'critical' | 'warning' | 'report';
		description: string;
		since: MaybeTime;
		printer: PrinterRef | null;
		agent: AgentRef | null;
		site: SiteRef | null;
	}[];
	/** How many there are in all */
	attention_total: number;
};

export type EnrolmentTokenRequest = {
	/** Default the first site */
	site_id?: string | null;
	uses?: number;
	expires_in_s?: number;
	note?: string | null;
};

export type EnrolmentToken = {
	id: Id;
	site: SiteRef;
	state: 'active' | 'used_up' | 'expired' | 'revoked';
	uses: number;
	used: number;
	created_by: string;
	created_at: Time;
	expires_at: Time;
	note: MaybeText;
};

export type NewEnrolmentToken = EnrolmentToken & {
	/** Server URL, CA pin and secret in one string; shown once */
	token: string;
	/** Ready to paste; each holds the token */
	install: {
		platform: 'windows' | 'linux' | 'macos';
		package: 'msi' | 'deb' | 'pkg';
		/** One command line */
		command: string;
		/** A file that belongs to it (macOS: the managed-preferences profile) */
		file_name: string | null;
		file_content: string | null;
		/** One sentence */
		note: string | null;
	}[];
};

export type PendingEnrolment = {
	id: Id;
	/** Of the PC's key, as `platen status` shows it there */
	fingerprint: string;
	name?: MaybeText;
	address: string;
	platform: string;
	version: MaybeText;
	asked_at: Time;
	expires_at: Time;
};

export type Package = {
	sha256: string;
	name: string;
	version: string;
	models: string[];
	/** bytes */
	size: number;
	added_at: MaybeTime;
};

/**
 * Begins printers only between these times of the day; it may reach over midnight
 */
export type RolloutWindow = {
	from: string;
	to: string;
	time_zone: string;
};

export type RolloutRequest = {
	name: string;
	customer_id: Id;
	site_id?: Id | null;
	/** Its SHA-256 */
	package: string;
	/** An older version may be installed */
	force?: boolean;
	rings?: number[];
	stop_failure_percent?: number;
	window?: RolloutWindow | null;
};

export type RolloutState = 'running' | 'paused' | 'stopped' | 'done' | 'cancelled';

export type RolloutPrinterState = 'waiting' | 'started' | 'done' | 'failed' | 'skipped' | 'cancelled';

export type RolloutPrinter = {
	id: Id;
	make: MaybeText;
	model: MaybeText;
	firmware: MaybeText;
	/** From 1 */
	ring: number;
	state: RolloutPrinterState;
	action_id: Id | null;
	reason: MaybeText;
	attached: boolean;
};

export type Rollout = {
	id: Id;
	name: string;
	state: RolloutState;
	reason: MaybeText;
	package: {
		sha256: string;
		name: string;
		version: string;
	};
	force: boolean;
	rings: number[];
	/** The newest open one */
	ring: number;
	stop_failure_percent: number;
	window: RolloutWindow | null;
	created_by: string;
	created_at: Time;
	ended_at: MaybeTime;
	customer_id: Id;
	customer_name: string;
	site_id: Id | null;
	site_name: MaybeText;
	counts: {
		waiting: number;
		started: number;
		done: number;
		failed: number;
		skipped: number;
		cancelled: number;
	};
	printer_count: number;
	printers?: RolloutPrinter[];
};

export type Site = {
	id: Id;
	name: string;
	printer_count: number;
	agent_count: number;
};

export type EwsPolicy = {
	enabled: boolean;
	/** The names of those who may; nobody else, whatever the role */
	users: string[];
	/** A session that nobody uses ends after this */
	idle_s: number;
	/** And any session after this */
	hard_s: number;
};

export type EwsPolicyRequest = {
	enabled?: boolean;
	users?: string[];
	idle_s?: number;
	hard_s?: number;
};

export type EwsSessionRequest = {
	/** The caller's own, once more */
	password: string;
	/** The code, where there is a second factor */
	totp?: string | null;
	/** Whether the page may send a firmware */
	firmware?: boolean;
};

export type EwsSession = {
	/** Also the id of the action */
	id: Id;
	/** `waiting`: the person at the PC is being asked */
	state: 'requested' | 'waiting' | 'open' | 'ended';
	printer: {
		id: Id;
		name: string;
	};
	agent_id: Id;
	site_id: Id;
	/** Who asked */
	user: string;
	/** Whether that is the caller */
	mine: boolean;
	/** Its own port on this connector */
	port: number;
	firmware: boolean;
	idle_s: number;
	hard_s: number;
	/** That went to the printer */
	requests: number;
	created_at: Time;
	opened_at: string | null;
	ends_by: string | null;
	ended_at: string | null;
	/** Why it ended */
	reason: string | null;
};

export type EwsTicket = {
	port: number;
	path: string;
	ticket: string;
};

export type SiteRequest = {
	name?: string;
};

export type Customer = {
	id: Id;
	/** May be a bare GUID */
	name: string;
	active: boolean;
	sites: Site[];
};

export type CustomerRequest = {
	name?: string;
	active?: boolean;
};

export type User = {
	id: Id;
	name: string;
	grants: Grant[];
	active: boolean;
	totp: boolean;
	created_at: Time;
	last_login_at: MaybeTime;
};

export type UserRequest = {
	name?: string;
	password?: string;
	grants?: Grant[];
	active?: boolean;
	/** Takes the second factor off (a lost phone) */
	totp?: false;
};

export type ApiToken = {
	id: Id;
	name: string;
	grants: Grant[];
	scopes: Scope[];
	created_by: string;
	created_at: Time;
	expires_at: MaybeTime;
	last_used_at: MaybeTime;
};

export type Scope = 'read' | 'act' | 'enrol' | 'administer';

export type ApiTokenRequest = {
	name: string;
	scopes: Scope[];
	grants?: Grant[];
	expires_in_s: number;
};

export type AuditEntry = {
	id: Id;
	at: Time;
	actor: string;
	address: string | null;
	verb: string;
	subject: string | null;
	outcome: string;
	/** SHA-256 over this entry and the hash before it, in its chain */
	hash: string;
	/** Whose chain it stands in; null is the server's own */
	customer_id: string | null;
};

export type AuditHead = {
	/** Whose chain it is; null is the server's own */
	customer_id: string | null;
	entries: number;
	hash: string;
};

export type Setting = {
	name: string;
	group: string;
	title: string;
	description: string;
	type: 'text' | 'number' | 'boolean' | 'choice';
	choices?: string[];
	minimum?: number | null;
	maximum?: number | null;
	unit?: string | null;
	value: string | number | boolean | null;
	default: string | number | boolean | null;
	needs_restart?: boolean;
};
