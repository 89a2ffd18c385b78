# SPDX-License-Identifier: Apache-2.0
foreach(part bytes clock result span)
  pl_test(test_ground_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ground_${part}.c
    USES platen_ground)
endforeach()
