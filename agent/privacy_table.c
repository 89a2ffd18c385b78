/* SPDX-License-Identifier: Apache-2.0 */
/* What may leave this PC, field by field. Rows of one kind stand together. */
#include "privacy.h"

#define NUMBER(kind, path, why)                                                                    \
	{                                                                                          \
		kind, path, true, PL_CHARS_NUMBER, 0, why                                          \
	}
#define YES_NO(kind, path, why)                                                                    \
	{                                                                                          \
		kind, path, true, PL_CHARS_BOOLEAN, 0, why                                         \
	}
#define TIME(kind, path, why)                                                                      \
	{                                                                                          \
		kind, path, true, PL_CHARS_TIME, 24, why                                           \
	}
#define WORD(kind, path, why)                                                                      \
	{                                                                                          \
		kind, path, true, PL_CHARS_WORD, 64, why                                           \
	}
#define DEVICE(kind, path, why)                                                                    \
	{                                                                                          \
		kind, path, true, PL_CHARS_DEVICE, 64, why                                         \
	}
#define OWN(kind, path, why)                                                                       \
	{                                                                                          \
		kind, path, true, PL_CHARS_OWN, 255, why                                           \
	}
#define STAYS(kind, path, why)                                                                     \
	{                                                                                          \
		kind, path, false, PL_CHARS_DEVICE, 0, why                                         \
	}

#define USB(kind, under)                                                                           \
	WORD(kind, under "vendor_id", "who made the USB device"),                                  \
		WORD(kind, under "product_id", "which model of the vendor"),                       \
		NUMBER(kind, under "bus", "where it is plugged in"),                               \
		NUMBER(kind, under "address", "where it is plugged in"),                           \
		WORD(kind, under "port_path", "the socket it is plugged into"),                    \
		DEVICE(kind, under "serial", "the serial number told over USB")

#define ALERT(kind, under)                                                                         \
	WORD(kind, under "code", "what is wrong, in the Printer MIB's words"),                     \
		NUMBER(kind, under "index", "tells two alerts of one code apart"),                 \
		WORD(kind, under "severity", "how bad it is"),                                     \
		WORD(kind, under "group", "which part of the printer"),                            \
		OWN(kind, under "description", "our own table's text, never the printer's"),       \
		TIME(kind, under "since", "when it was first seen")

#define HELLO	  "agent.hello"
#define HEALTH	  "agent.health"
#define ATTACHED  "printer.attached"
#define DETACHED  "printer.detached"
#define MOVED	  "printer.moved"
#define SNAPSHOT  "printer.snapshot"
#define OPENED	  "alert.opened"
#define CLOSED	  "alert.closed"
#define REPLACED  "supply.replaced"
#define RESET	  "counter.reset"
#define JOB	  "job.finished"
#define DRIFT	  "config.drift"
#define RESULT	  "action.result"
#define AUDIT	  "audit"
#define BUNDLE	  "bundle"
#define OF_AGENT  "bundle.agent"
#define OF_USB	  "bundle.usb"
#define OF_ACCESS "bundle.access"
#define OF_ID	  "bundle.ieee1284"
#define OF_IPP	  "bundle.ipp"
#define OF_LEDM	  "bundle.ledm"
#define OF_PJL	  "bundle.pjl"

const struct pl_privacy_row PL_PRIVACY[] = {
	OWN(HELLO, "agent_version", "which agent runs here"),
	WORD(HELLO, "os", "the operating system"),
	OWN(HELLO, "os_version", "its version"),
	WORD(HELLO, "architecture", "the processor's kind"),
	{ HELLO, "hostname", true, PL_CHARS_WORD, 80,
	  "the PC's name, whole, hashed or not at all, as the setting host_name says" },
	{ HELLO, "box_key", true, PL_CHARS_WORD, 88,
	  "a public key: what is closed with it, this PC alone can open" },
	WORD(HELLO, "actions[]", "what this agent can do"),
	WORD(HELLO, "forbidden[]", "what this PC's policy forbids"),
	TIME(HELLO, "started_at", "when the agent started"),

	NUMBER(HEALTH, "uptime_s", "how long the agent runs"),
	NUMBER(HEALTH, "rss_bytes", "memory it takes"),
	NUMBER(HEALTH, "spool_records", "records waiting"),
	NUMBER(HEALTH, "spool_bytes", "their size"),
	NUMBER(HEALTH, "spool_dropped", "records lost to the spool's bounds"),
	NUMBER(HEALTH, "clock_offset_ms", "how wrong the PC's clock is"),
	NUMBER(HEALTH, "printers", "how many printers are attached"),
	TIME(HEALTH, "certificate_not_after", "when the agent's certificate ends"),
	WORD(HEALTH, "errors[].source", "which language failed"),
	WORD(HEALTH, "errors[].error", "how it failed, as one word"),
	NUMBER(HEALTH, "errors[].count", "how often"),

	WORD(ATTACHED, "merge_candidate", "the printer seen earlier that it may be"),
	USB(ATTACHED, "usb."),

	WORD(DETACHED, "port_path", "the socket it was plugged into"),
	WORD(DETACHED, "reason", "why it is gone"),

	WORD(MOVED, "from_port_path", "the socket it was plugged into before"),
	USB(MOVED, "usb."),

	YES_NO(SNAPSHOT, "full", "whether absent sections are unknown"),
	USB(SNAPSHOT, "usb."),
	DEVICE(SNAPSHOT, "identity.make", "which printer it is"),
	DEVICE(SNAPSHOT, "identity.model", "which printer it is"),
	DEVICE(SNAPSHOT, "identity.serial_number", "which printer it is"),
	WORD(SNAPSHOT, "identity.uuid", "which printer it is"),
	DEVICE(SNAPSHOT, "identity.firmware", "whether it is up to date"),
	{ SNAPSHOT, "identity.device_id", true, PL_CHARS_DEVICE, 255,
	  "of the IEEE 1284 ID only MFG, MDL, CMD, CLS and SN" },
	WORD(SNAPSHOT, "identity.confidence", "how sure the identity is"),
	WORD(SNAPSHOT, "identity.sources.make", "which language told it"),
	WORD(SNAPSHOT, "identity.sources.model", "which language told it"),
	WORD(SNAPSHOT, "identity.sources.serial_number", "which language told it"),
	WORD(SNAPSHOT, "identity.sources.uuid", "which language told it"),
	WORD(SNAPSHOT, "identity.sources.firmware", "which language told it"),
	WORD(SNAPSHOT, "identity.sources.device_id", "which language told it"),
	WORD(SNAPSHOT, "state.printer_state", "idle, processing or stopped"),
	YES_NO(SNAPSHOT, "state.asleep", "whether it sleeps"),
	WORD(SNAPSHOT, "state.reasons[]", "what it waits for, in IPP's keywords"),
	STAYS(SNAPSHOT, "state.message", "the printer's display may name people and documents"),
	NUMBER(SNAPSHOT, "supplies[].index", "which supply"),
	WORD(SNAPSHOT, "supplies[].class", "consumed or filled"),
	WORD(SNAPSHOT, "supplies[].type", "toner, ink, drum, …"),
	DEVICE(SNAPSHOT, "supplies[].colorant", "its colour"),
	DEVICE(SNAPSHOT, "supplies[].description", "the printer's name for this supply"),
	DEVICE(SNAPSHOT, "supplies[].unit", "the unit of its level"),
	NUMBER(SNAPSHOT, "supplies[].max_capacity", "how much it holds"),
	NUMBER(SNAPSHOT, "supplies[].level", "how much is left"),
	NUMBER(SNAPSHOT, "supplies[].level_code",
	       "other, unknown or some, as the Printer MIB codes it"),
	NUMBER(SNAPSHOT, "supplies[].level_percent", "how much is left"),
	DEVICE(SNAPSHOT, "supplies[].part_number", "what to order"),
	DEVICE(SNAPSHOT, "supplies[].serial_number", "whether it was replaced"),
	WORD(SNAPSHOT, "supplies[].state", "ok, low, empty or missing"),
	NUMBER(SNAPSHOT, "counters.impressions", "sides printed in its life"),
	NUMBER(SNAPSHOT, "counters.impressions_color", "of these in colour"),
	NUMBER(SNAPSHOT, "counters.impressions_monochrome", "of these in black"),
	NUMBER(SNAPSHOT, "counters.sheets", "sheets printed"),
	NUMBER(SNAPSHOT, "counters.sheets_duplex", "of these on both sides"),
	NUMBER(SNAPSHOT, "counters.scans", "pages scanned"),
	NUMBER(SNAPSHOT, "counters.copies", "pages copied"),
	NUMBER(SNAPSHOT, "counters.faxes", "pages faxed"),
	NUMBER(SNAPSHOT, "counters.jams", "paper jams"),
	WORD(SNAPSHOT, "counters.sources.impressions", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.impressions_color", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.impressions_monochrome", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.sheets", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.sheets_duplex", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.scans", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.copies", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.faxes", "which language told it"),
	WORD(SNAPSHOT, "counters.sources.jams", "which language told it"),
	NUMBER(SNAPSHOT, "media[].index", "which tray"),
	STAYS(SNAPSHOT, "media[].name", "tray names are people's words"),
	NUMBER(SNAPSHOT, "media[].level", "sheets in it"),
	NUMBER(SNAPSHOT, "media[].level_code",
	       "other, unknown or some, as the Printer MIB codes it"),
	NUMBER(SNAPSHOT, "media[].capacity", "sheets it holds"),
	WORD(SNAPSHOT, "media[].size", "which paper"),
	YES_NO(SNAPSHOT, "settings.wants_password",
	       "whether the printer has a password of its own"),
	WORD(SNAPSHOT, "settings.items[].name", "which setting of the printer"),
	WORD(SNAPSHOT, "settings.items[].value", "how it is set, in words of our own table"),
	WORD(SNAPSHOT, "settings.items[].means", "which language sets it"),
	YES_NO(SNAPSHOT, "settings.items[].writable", "whether it can be set from afar"),
	NUMBER(SNAPSHOT, "settings.items[].minimum", "what it may be"),
	NUMBER(SNAPSHOT, "settings.items[].maximum", "what it may be"),
	NUMBER(SNAPSHOT, "settings.items[].step", "what it may be"),
	WORD(SNAPSHOT, "settings.items[].choices[]", "what it may be"),
	ALERT(SNAPSHOT, "alerts[]."),
	WORD(SNAPSHOT, "access.owner", "which program has the printer"),
	NUMBER(SNAPSHOT, "access.tier", "how far the reading went"),
	WORD(SNAPSHOT, "access.interfaces[]", "what its USB side offers"),
	YES_NO(SNAPSHOT, "access.busy", "whether it was left alone"),
	WORD(SNAPSHOT, "access.actions[]", "what this printer can be asked to do"),
	STAYS(SNAPSHOT, "access.note", "it may name programs of this PC"),
	WORD(SNAPSHOT, "errors[].source", "which language failed"),
	WORD(SNAPSHOT, "errors[].error", "how it failed, as one word; the sentence stays"),

	ALERT(OPENED, ""),

	ALERT(CLOSED, ""),
	TIME(CLOSED, "closed_at", "when it was seen to be over"),

	NUMBER(REPLACED, "index", "which supply"),
	WORD(REPLACED, "type", "toner, ink, drum, …"),
	DEVICE(REPLACED, "colorant", "its colour"),
	WORD(REPLACED, "evidence", "how we know"),
	NUMBER(REPLACED, "level_percent_before", "how much was left"),
	NUMBER(REPLACED, "level_percent_after", "how much there is now"),
	DEVICE(REPLACED, "part_number", "what was put in"),
	DEVICE(REPLACED, "serial_number_before", "what was taken out"),
	DEVICE(REPLACED, "serial_number_after", "what was put in"),
	NUMBER(REPLACED, "impressions", "when, in the printer's own count"),

	WORD(RESET, "counter", "which counter fell"),
	WORD(RESET, "source", "which language told it"),
	NUMBER(RESET, "before", "its last value"),
	NUMBER(RESET, "after", "its value now"),
	WORD(RESET, "cause",
	     "whether it ran over its end, was set back, or the formatter is another one"),

	NUMBER(JOB, "impressions_before", "the counter before the job"),
	NUMBER(JOB, "impressions_after", "the counter after it"),
	NUMBER(JOB, "duration_ms", "how long the printer worked"),

	WORD(DRIFT, "setting", "which setting of the printer"),
	WORD(DRIFT, "wanted", "what was asked for"),
	WORD(DRIFT, "found", "what it is"),

	WORD(RESULT, "action_id", "which action"),
	WORD(RESULT, "type", "what was asked for"),
	WORD(RESULT, "state", "how it ended"),
	OWN(RESULT, "reason", "why, in a sentence of this program"),
	TIME(RESULT, "started_at", "when it began"),
	TIME(RESULT, "finished_at", "when it ended"),
	WORD(RESULT, "result.means", "the language that did it"),
	DEVICE(RESULT, "result.from_version", "the firmware before"),
	DEVICE(RESULT, "result.to_version", "the firmware afterwards"),
	NUMBER(RESULT, "result.bytes_sent", "how far a broken update came"),
	WORD(RESULT, "result.settings[].name", "which setting, of the printer or the agent"),
	WORD(RESULT, "result.settings[].outcome", "applied, unchanged, refused or unsupported"),
	WORD(RESULT, "result.settings[].means", "the language that set it"),
	OWN(RESULT, "result.settings[].wanted", "what was asked for"),
	OWN(RESULT, "result.settings[].before", "how it was"),
	OWN(RESULT, "result.settings[].after", "how it is now"),
	OWN(RESULT, "result.settings[].reason", "why not, in a sentence of this program"),
	NUMBER(RESULT, "result.away_ms", "how long the printer was away"),

	NUMBER(RESULT, "result.bundle_bytes", "how large the bundle is that was sent"),
	WORD(RESULT, "result.bundle_sha256", "which bundle it is"),

	NUMBER(AUDIT, "seq", "place in the chain"),
	TIME(AUDIT, "at", "when"),
	WORD(AUDIT, "who", "connector, local or agent"),
	OWN(AUDIT, "what", "what was done, in words of this program"),
	OWN(AUDIT, "outcome", "how it ended"),
	WORD(AUDIT, "prev", "hash of the entry before"),
	WORD(AUDIT, "head", "hash of this entry"),

	WORD(BUNDLE, "schema", "which kind of file it is"),
	TIME(BUNDLE, "made_at", "when"),
	OWN(BUNDLE, "agent_version", "which agent made it"),
	WORD(BUNDLE, "kind", "what was asked for"),
	WORD(BUNDLE, "parts[].name", "a file of the bundle"),
	NUMBER(BUNDLE, "parts[].bytes", "its size"),
	NUMBER(BUNDLE, "parts[].ms", "how long it took"),
	OWN(BUNDLE, "parts[].missing", "why it is not there, in a sentence of this program"),

	OWN(OF_AGENT, "agent_version", "which agent runs here"),
	WORD(OF_AGENT, "os", "the operating system"),
	OWN(OF_AGENT, "os_version", "its version"),
	WORD(OF_AGENT, "architecture", "the processor's kind"),
	NUMBER(OF_AGENT, "pc_uptime_ms", "how long the PC runs"),
	NUMBER(OF_AGENT, "rss_bytes", "memory the agent takes"),
	WORD(OF_AGENT, "enrolment", "how it stands with the connector"),
	YES_NO(OF_AGENT, "connected", "whether its last call was answered"),
	TIME(OF_AGENT, "last_contact", "when it was answered last"),
	TIME(OF_AGENT, "last_report", "when it reported last"),
	TIME(OF_AGENT, "certificate_not_after", "when its certificate ends"),
	NUMBER(OF_AGENT, "clock_offset_ms", "how wrong the PC's clock is"),
	NUMBER(OF_AGENT, "report_interval_s", "how often it reports"),
	NUMBER(OF_AGENT, "spool_records", "records waiting"),
	NUMBER(OF_AGENT, "spool_bytes", "their size"),
	NUMBER(OF_AGENT, "spool_dropped", "records lost to the spool's bounds"),
	STAYS(OF_AGENT, "server", "the connector knows its own name"),
	STAYS(OF_AGENT, "last_error", "it may name hosts and proxies"),

	/* What a bundle says of a printer; its snapshot.json has the rows of printer.snapshot. */
	WORD(OF_USB, "vendor_id", "who made the USB device"),
	WORD(OF_USB, "product_id", "which model of the vendor"),
	NUMBER(OF_USB, "bus", "where it is plugged in"),
	NUMBER(OF_USB, "address", "where it is plugged in"),
	WORD(OF_USB, "port_path", "the socket it is plugged into"),
	DEVICE(OF_USB, "manufacturer", "its own name for its maker"),
	DEVICE(OF_USB, "product", "its own name for itself"),
	DEVICE(OF_USB, "serial", "the serial number told over USB"),
	NUMBER(OF_USB, "configuration", "which configuration is in force"),
	NUMBER(OF_USB, "settings[].interface", "an interface"),
	NUMBER(OF_USB, "settings[].alternate", "its alternate setting"),
	WORD(OF_USB, "settings[].kind", "class, subclass and protocol"),
	NUMBER(OF_USB, "settings[].ep_in", "its endpoint"),
	NUMBER(OF_USB, "settings[].ep_out", "its endpoint"),
	NUMBER(OF_USB, "settings[].in_packet_size", "its packets"),
	NUMBER(OF_USB, "settings[].out_packet_size", "its packets"),
	WORD(OF_USB, "power", "whether the device is suspended"),
	NUMBER(OF_USB, "transfers", "how often the PC talked to it"),

	WORD(OF_ACCESS, "owner", "which program has the printer"),
	YES_NO(OF_ACCESS, "busy", "whether it is left alone"),
	YES_NO(OF_ACCESS, "pipe_is_free", "whether anybody has its print pipe"),
	YES_NO(OF_ACCESS, "has_queue", "whether a queue of the PC prints to it"),
	NUMBER(OF_ACCESS, "http_port", "where ipp-usb shares it, on the PC itself"),
	NUMBER(OF_ACCESS, "interfaces[].interface", "an interface"),
	WORD(OF_ACCESS, "interfaces[].claimed_by", "a driver, or any program"),
	WORD(OF_ACCESS, "interfaces[].driver", "which driver of the kernel"),
	WORD(OF_ACCESS, "languages[]", "which it speaks"),
	STAYS(OF_ACCESS, "queue", "names of queues are people's words"),
	STAYS(OF_ACCESS, "note", "it may name programs of this PC"),

	{ OF_ID, "device_id", true, PL_CHARS_DEVICE, 255,
	  "of the IEEE 1284 ID only MFG, MDL, CMD, CLS and SN" },
	NUMBER(OF_ID, "bytes", "how long all of it is"),
	STAYS(OF_ID, "whole", "its other keys are the vendor's"),

	NUMBER(OF_IPP, "printer-state[]", "its state"),
	WORD(OF_IPP, "printer-state-reasons[]", "what it waits for, in keywords"),
	YES_NO(OF_IPP, "printer-is-accepting-jobs[]", "whether it takes jobs"),
	NUMBER(OF_IPP, "printer-state-change-time[]", "when it changed"),
	NUMBER(OF_IPP, "printer-config-change-time[]", "when it changed"),
	NUMBER(OF_IPP, "queued-job-count[]", "how many jobs wait"),
	{ OF_IPP, "printer-supply[]", true, PL_CHARS_DEVICE, 200, "kind and level of a supply" },
	DEVICE(OF_IPP, "printer-supply-description[]", "the printer's name for a supply"),
	DEVICE(OF_IPP, "marker-names[]", "the printer's name for a supply"),
	WORD(OF_IPP, "marker-types[]", "toner, ink, drum, …"),
	DEVICE(OF_IPP, "marker-colors[]", "its colour"),
	NUMBER(OF_IPP, "marker-levels[]", "how much is left"),
	NUMBER(OF_IPP, "marker-low-levels[]", "how much is left"),
	NUMBER(OF_IPP, "marker-high-levels[]", "how much is left"),
	NUMBER(OF_IPP, "printer-impressions-completed[]", "a life counter"),
	NUMBER(OF_IPP, "printer-media-sheets-completed[]", "a life counter"),
	NUMBER(OF_IPP, "printer-pages-completed[]", "a life counter"),
	DEVICE(OF_IPP, "printer-make-and-model[]", "which printer it is"),
	DEVICE(OF_IPP, "printer-serial-number[]", "which printer it is"),
	WORD(OF_IPP, "printer-uuid[]", "which printer it is"),
	DEVICE(OF_IPP, "printer-firmware-name[]", "whether it is up to date"),
	DEVICE(OF_IPP, "printer-firmware-string-version[]", "whether it is up to date"),
	NUMBER(OF_IPP, "operations-supported[]", "what it can do"),
	WORD(OF_IPP, "identify-actions-supported[]", "what it can do"),
	WORD(OF_IPP, "ipp-versions-supported[]", "what it can do"),
	WORD(OF_IPP, "document-format-supported[]", "what it can do"),
	STAYS(OF_IPP, "printer-state-message",
	      "the display and its alerts may name people and documents"),
	STAYS(OF_IPP, "printer-alert", "the display and its alerts may name people and documents"),
	STAYS(OF_IPP, "printer-input-tray", "tray names are people's words"),
	STAYS(OF_IPP, "printer-device-id", "ieee1284.json has what may leave of it"),

	NUMBER(OF_LEDM, "TotalImpressions", "a counter"),
	NUMBER(OF_LEDM, "MonochromeImpressions", "a counter"),
	NUMBER(OF_LEDM, "ColorImpressions", "a counter"),
	NUMBER(OF_LEDM, "SimplexSheets", "a counter"),
	NUMBER(OF_LEDM, "DuplexSheets", "a counter"),
	NUMBER(OF_LEDM, "JamEvents", "a counter"),
	NUMBER(OF_LEDM, "MispickEvents", "a counter"),
	NUMBER(OF_LEDM, "TotalFrontPanelCancelPresses", "a counter"),
	NUMBER(OF_LEDM, "EWSAccessCount", "a counter"),
	NUMBER(OF_LEDM, "ScanImages", "a counter"),
	NUMBER(OF_LEDM, "AdfImages", "a counter"),
	NUMBER(OF_LEDM, "FlatbedImages", "a counter"),
	NUMBER(OF_LEDM, "ImagesSentToEmail", "a counter"),
	NUMBER(OF_LEDM, "ConsumableLowThreshold", "a supply"),
	NUMBER(OF_LEDM, "ConsumablePercentageLevelRemaining", "a supply"),
	NUMBER(OF_LEDM, "ConsumableSelectibilityNumber", "a supply"),
	NUMBER(OF_LEDM, "NumOfUserReplaceableConsumables", "a supply"),
	NUMBER(OF_LEDM, "MaxCapacity", "a supply"),
	NUMBER(OF_LEDM, "ConsumableStation", "a supply"),
	WORD(OF_LEDM, "ConsumableLabelCode", "a supply"),
	WORD(OF_LEDM, "ConsumableState", "a supply"),
	WORD(OF_LEDM, "ConsumableTypeEnum", "a supply"),
	WORD(OF_LEDM, "MeasuredQuantityState", "a supply"),
	WORD(OF_LEDM, "MarkerColor", "a supply"),
	WORD(OF_LEDM, "Unit", "a supply"),
	DEVICE(OF_LEDM, "Brand", "who made a supply"),
	NUMBER(OF_LEDM, "SequenceNumber", "an alert"),
	NUMBER(OF_LEDM, "AlertPriority", "an alert"),
	NUMBER(OF_LEDM, "StringId", "an alert"),
	NUMBER(OF_LEDM, "ModificationNumber", "an alert"),
	WORD(OF_LEDM, "ProductStatusAlertID", "an alert, in keywords"),
	WORD(OF_LEDM, "Severity", "an alert, in keywords"),
	WORD(OF_LEDM, "AlertDetailsMarkerColor", "an alert, in keywords"),
	WORD(OF_LEDM, "AlertDetailsConsumableTypeEnum", "an alert, in keywords"),
	WORD(OF_LEDM, "StatusCategory", "its state"),
	WORD(OF_LEDM, "UnqualifiedEventCategory", "an event and its number"),
	WORD(OF_LEDM, "AgingStamp", "an event and its number"),
	DEVICE(OF_LEDM, "MakeAndModel", "which printer it is"),
	DEVICE(OF_LEDM, "MakeAndModelFirmwareDownload", "which printer it is"),
	DEVICE(OF_LEDM, "SerialNumber", "which printer it is"),
	DEVICE(OF_LEDM, "ProductNumber", "which printer it is"),
	WORD(OF_LEDM, "UUID", "which printer it is"),
	NUMBER(OF_LEDM, "ServiceID", "which printer it is"),
	WORD(OF_LEDM, "Revision", "a version"),
	WORD(OF_LEDM, "Date", "a version"),
	WORD(OF_LEDM, "PasswordStatus", "a setting"),
	WORD(OF_LEDM, "PowerSave", "a setting"),
	WORD(OF_LEDM, "PowerSaveTimeout", "a setting"),
	WORD(OF_LEDM, "AutoOffTime", "a setting"),
	WORD(OF_LEDM, "ControlPanelAccess", "a setting"),
	WORD(OF_LEDM, "Duplex", "a setting"),
	WORD(OF_LEDM, "MediaSizeName", "which paper"),
	WORD(OF_LEDM, "MediaType", "which paper"),
	WORD(OF_LEDM, "MediaState", "which paper"),
	WORD(OF_LEDM, "PrintQuality", "which paper"),
	STAYS(OF_LEDM, "AssetNumber", "people's and places' words"),
	STAYS(OF_LEDM, "DeviceLocation", "people's and places' words"),
	STAYS(OF_LEDM, "ContactPerson", "people's and places' words"),
	STAYS(OF_LEDM, "DeviceName", "people's and places' words"),
	STAYS(OF_LEDM, "HostName", "people's and places' words"),
	STAYS(OF_LEDM, "SSID", "people's and places' words"),
	STAYS(OF_LEDM, "FaxNumber", "people's and places' words"),
	STAYS(OF_LEDM, "DefaultFrom", "people's and places' words"),
	STAYS(OF_LEDM, "LastRecipient", "people's and places' words"),
	STAYS(OF_LEDM, "LocString", "texts of the display, tray names"),
	STAYS(OF_LEDM, "AlertDetailsUserAction", "texts of the display, tray names"),
	STAYS(OF_LEDM, "InputBin", "texts of the display, tray names"),
	STAYS(OF_LEDM, "ResourceURI", "links into the printer's own pages and jobs"),
	STAYS(OF_LEDM, "ResourceType", "links into the printer's own pages and jobs"),

	NUMBER(OF_PJL, "CODE", "a status or setting"),
	NUMBER(OF_PJL, "PAGECOUNT", "a status or setting"),
	NUMBER(OF_PJL, "MEMORY", "a status or setting"),
	NUMBER(OF_PJL, "COPIES", "a status or setting"),
	NUMBER(OF_PJL, "DENSITY", "a status or setting"),
	NUMBER(OF_PJL, "RESOLUTION", "a status or setting"),
	NUMBER(OF_PJL, "POWERSAVETIME", "a status or setting"),
	NUMBER(OF_PJL, "TIMEOUT", "a status or setting"),
	WORD(OF_PJL, "BLACK TONER", "how much is left"),
	WORD(OF_PJL, "CYAN TONER", "how much is left"),
	WORD(OF_PJL, "MAGENTA TONER", "how much is left"),
	WORD(OF_PJL, "YELLOW TONER", "how much is left"),
	WORD(OF_PJL, "ONLINE", "a status or setting"),
	WORD(OF_PJL, "PAPER", "a status or setting"),
	WORD(OF_PJL, "DUPLEX", "a status or setting"),
	WORD(OF_PJL, "ECONOMODE", "a status or setting"),
	WORD(OF_PJL, "POWERSAVE", "a status or setting"),
	WORD(OF_PJL, "PERSONALITY", "a status or setting"),
	WORD(OF_PJL, "AUTOCONT", "a status or setting"),
	WORD(OF_PJL, "MANUALFEED", "a status or setting"),
	WORD(OF_PJL, "CPLOCK", "a status or setting"),
	WORD(OF_PJL, "JAMRECOVERY", "a status or setting"),
	WORD(OF_PJL, "IOBUFFER", "a status or setting"),
	WORD(OF_PJL, "LANG", "a status or setting"),
	DEVICE(OF_PJL, "ID", "which printer it is"),
	DEVICE(OF_PJL, "ProductName", "which printer it is"),
	DEVICE(OF_PJL, "ProductSerialNumber", "which printer it is"),
	DEVICE(OF_PJL, "FirmwareDateCode", "which printer it is"),
	STAYS(OF_PJL, "DISPLAY", "the display may name people and documents"),
	STAYS(OF_PJL, "LOGINUSER", "people's words and secrets"),
	STAYS(OF_PJL, "USERNAME", "people's words and secrets"),
	STAYS(OF_PJL, "JOBNAME", "people's words and secrets"),
	STAYS(OF_PJL, "Location", "people's words and secrets"),
	STAYS(OF_PJL, "PASSWORD", "people's words and secrets"),
};
const size_t PL_PRIVACY_COUNT = sizeof(PL_PRIVACY) / sizeof(PL_PRIVACY[0]);
