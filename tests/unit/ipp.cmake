# SPDX-License-Identifier: Apache-2.0
# The languages. Captures of real printers are read where PLATEN_CAPTURES names a folder with them.
foreach(part text snapshot alert devid http1 message attributes ledm pjl knobs)
  pl_test(test_ipp_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/test_ipp_${part}.c ${CMAKE_CURRENT_LIST_DIR}/replay_stream.c
    USES platen_ipp ${CUPS_LIBRARY}
    INCLUDE ${PROJECT_SOURCE_DIR}/ipp)
endforeach()
