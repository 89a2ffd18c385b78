/* SPDX-License-Identifier: Apache-2.0 */
/* What CUPS' configure script would have found for its IPP codec, built by mingw-w64. */
#ifndef PL_CUPS_CONFIG_H
#define PL_CUPS_CONFIG_H

#include <direct.h>
#include <io.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CUPS_SVERSION	      "CUPS"
#define CUPS_MINIMAL	      "CUPS"
#define CUPS_DEFAULT_IPP_PORT 631
#define CUPS_DEFAULT_USER     ""

#define HAVE_STRING_H	       1
#define HAVE_STRINGS_H	       1
#define HAVE_STDINT_H	       1
#define HAVE_LONG_LONG	       1
#define HAVE_STRTOLL	       1
#define HAVE_STRDUP	       1
#define HAVE_SNPRINTF	       1
#define HAVE_VSNPRINTF	       1
#define HAVE_GETADDRINFO       1
#define HAVE_GETNAMEINFO       1
#define HAVE_ABS	       1
#define CUPS_LLFMT	       "%lld"
#define CUPS_LLCAST	       (long long)
#define __CUPS_SSIZE_T_DEFINED 1

#define CUPS_RAND()	   rand()
#define CUPS_SRAND(v)	   srand(v)
#define sleep(seconds)	   Sleep(1000 * (seconds))
#define mkdir(path, mode)  _mkdir(path)
#define gmtime_r(t, tm)	   (gmtime_s((tm), (t)) ? NULL : (tm))
#define localtime_r(t, tm) (localtime_s((tm), (t)) ? NULL : (tm))

#endif
