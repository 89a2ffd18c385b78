# SPDX-License-Identifier: Apache-2.0
# Quirks: matching and file formats; our own list; the files that are installed on this PC.
pl_test(test_usb_quirks
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_usb_quirks.c
  USES platen_usb)
pl_test(test_agent_quirk_files
  SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_agent_quirk_files.c
  USES platen_agent
  INCLUDE ${PROJECT_SOURCE_DIR}/agent)
set_tests_properties(unit.test_agent_quirk_files PROPERTIES ENVIRONMENT "PLATEN_SOURCE=${PROJECT_SOURCE_DIR}")
