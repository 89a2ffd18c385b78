/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_LIBRARY_H
#define VP_LIBRARY_H

/* Library: the path of a shared object that was built beside this program ("vprinter-avahi.so").
 * Threads: any. Memory: lives as long as the process. */
const char *vp_library(const char *name);

#endif
