/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as printer-alert, printer-supply and printer-input-tray, line by line. */
#include "fuzz_ipp.h"
#include "ipp_octets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct pl_snapshot s;
	struct pl_span rest = { (const char *)data, size };

	pl_snapshot_init(&s);
	while (rest.size > 0) {
		struct pl_span row = pl_span_take(&rest, '\n');
		struct pl_supply *supply;

		ipp_read_alert(row, &s);
		ipp_read_tray(row, &s);
		supply = ipp_read_supply(row, row, &s);
		if (supply)
			pl_supply_settle(supply, 10);
	}
	must_reconcile(&s);
	return 0;
}
