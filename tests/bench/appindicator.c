/* SPDX-License-Identifier: Apache-2.0 */
/* An icon as most programs have theirs: libayatana-appindicator with a GTK menu. The peer of
 * tests/bench/tray, which builds it.
 *
 *     appindicator ICONS ENTRY…
 */
#include <stdio.h>

#include <libayatana-appindicator/app-indicator.h>

int main(int argc, char **argv)
{
	AppIndicator *icon;
	GtkWidget *menu;

	if (!gtk_init_check(&argc, &argv) || argc < 3) {
		fputs("usage: appindicator ICONS ENTRY...\n", stderr);
		return 2;
	}
	icon = app_indicator_new("appindicator", "platen-tray-well-dark",
				 APP_INDICATOR_CATEGORY_HARDWARE);
	menu = gtk_menu_new();
	for (int i = 2; i < argc; i++)
		gtk_menu_shell_append(GTK_MENU_SHELL(menu), gtk_menu_item_new_with_label(argv[i]));
	gtk_widget_show_all(menu);
	app_indicator_set_icon_theme_path(icon, argv[1]);
	app_indicator_set_menu(icon, GTK_MENU(menu));
	app_indicator_set_status(icon, APP_INDICATOR_STATUS_ACTIVE);
	gtk_main();
	return 0;
}
