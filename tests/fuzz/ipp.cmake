# SPDX-License-Identifier: Apache-2.0
# One target per language, each with its whole way from bytes to a snapshot.
foreach(part http1 message octets ledm pjl devid)
  pl_fuzz(fuzz_ipp_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_ipp_${part}.c
      ${CMAKE_CURRENT_LIST_DIR}/../unit/replay_stream.c
    USES platen_ipp
    INCLUDE ${PROJECT_SOURCE_DIR}/ipp ${CMAKE_CURRENT_LIST_DIR}/../unit)
endforeach()
