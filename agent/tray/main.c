/* SPDX-License-Identifier: Apache-2.0 */
/* platen-tray: the icon in a person's session.
 *
 * Exit codes: 0 the session is over, another tray took over, or stopped as asked; 1 there is no
 * session to show an icon in; 2 wrong command line. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/file.h"
#include "platen/protocol.h"
#include "tray.h"
#include "words.h"

enum { EXIT_OVER = 0, EXIT_NO_SESSION = 1, EXIT_WRONG = 2 };

static int run(const char *socket, const char *share)
{
	static struct tray tray;
	char icons[PL_MAX_PATH], words[PL_MAX_PATH];
	struct pl_error err;
	int r;

	if (pl_file_join(share, "icons", icons, &err) != PL_OK ||
	    pl_file_join(share, "locale", words, &err) != PL_OK) {
		fprintf(stderr, "platen-tray: %s\n", err.text);
		return EXIT_WRONG;
	}
	setlocale(LC_ALL, "");
	bindtextdomain("platen-tray", words);
	bind_textdomain_codeset("platen-tray", "UTF-8");
	textdomain("platen-tray");
	r = tray_open(&tray, socket, icons);
	if (r >= 0)
		r = tray_run(&tray);
	tray_close(&tray);
	if (r >= 0)
		return EXIT_OVER;
	fprintf(stderr, "platen-tray: there is no desktop session here: %s\n", strerror(-r));
	return EXIT_NO_SESSION;
}

static void print_help(FILE *to)
{
	fputs("platen-tray shows this PC's USB printers as an icon in the panel.\n\n"
	      "  platen-tray [--socket PATH] [--share DIR]\n"
	      "  platen-tray --version | --help\n\n"
	      "  --socket PATH  the agent's local socket (" PL_CONTROL_SOCKET ")\n"
	      "  --share DIR    where icons and translations are (" PL_SHARE_DIR ")\n",
	      to);
}

int main(int argc, char **argv)
{
	const char *socket = PL_CONTROL_SOCKET, *share = PL_SHARE_DIR;

	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		puts("platen-tray " PL_VERSION);
		return EXIT_OVER;
	}
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_help(stdout);
		return EXIT_OVER;
	}
	for (int i = 1; i < argc; i += 2) {
		if (i + 1 < argc && strcmp(argv[i], "--socket") == 0) {
			socket = argv[i + 1];
		} else if (i + 1 < argc && strcmp(argv[i], "--share") == 0) {
			share = argv[i + 1];
		} else {
			print_help(stderr);
			return EXIT_WRONG;
		}
	}
	return run(socket, share);
}
