# SPDX-License-Identifier: Apache-2.0
foreach(part audit box config encode file hash json log package page_rules random seal)
  pl_test(test_base_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_base_${part}.c ${CMAKE_CURRENT_LIST_DIR}/scratch.c
    USES platen_base)
endforeach()
