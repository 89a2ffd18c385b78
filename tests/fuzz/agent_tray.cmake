# SPDX-License-Identifier: Apache-2.0
# What the agent tells the tray, and all that is made of it.
pl_fuzz(fuzz_tray_view
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_tray_view.c
  USES platen_tray
  INCLUDE ${PROJECT_SOURCE_DIR}/agent/tray)
