/* SPDX-License-Identifier: Apache-2.0 */
/* Any text as a server's URL and as a proxy: no host that is accepted can break out of a request
 * line. */
#include <stdlib.h>
#include <string.h>

#include "proxy.h"
#include "url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_host(const char *host, int port)
{
	if (!host[0] || strpbrk(host, " \t\r\n/@?#\\") || port < 1 || port > 65535)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);
	struct pl_proxy proxy;
	struct pl_url url;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	if (pl_url_parse(text, &url, NULL) == PL_OK)
		check_host(url.host, url.port);
	if (pl_proxy_choose(text, "none.example", "server", &proxy, NULL) == PL_OK && proxy.used)
		check_host(proxy.host, proxy.port);
	if (pl_proxy_choose("http://p:1", text, "server", &proxy, NULL) != PL_OK)
		abort();
	free(text);
	return 0;
}
