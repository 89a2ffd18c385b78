# SPDX-License-Identifier: Apache-2.0
foreach(part control ippusb)
  pl_fuzz(fuzz_agent_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_agent_${part}.c
    USES platen_agent
    INCLUDE ${PROJECT_SOURCE_DIR}/agent)
endforeach()
