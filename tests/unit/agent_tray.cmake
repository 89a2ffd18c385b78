# SPDX-License-Identifier: Apache-2.0
# The tray's pure parts: what is told, the menu, the messages.
foreach(part view menu notices)
  pl_test(test_tray_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_tray_${part}.c
    USES platen_tray
    INCLUDE ${PROJECT_SOURCE_DIR}/agent/tray)
endforeach()
# Every text of the program has German words, and German has no others.
add_test(NAME unit.tray_german
  COMMAND sh -c "xgettext --from-code=UTF-8 -k_ -kN_ -kngettext:1,2 -o - \"$1\"/*.c | msgcmp \"$1\"/po/de.po -" sh
          ${PROJECT_SOURCE_DIR}/agent/tray)
set_tests_properties(unit.tray_german PROPERTIES LABELS unit TIMEOUT 30)
