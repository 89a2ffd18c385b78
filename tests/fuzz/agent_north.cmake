# SPDX-License-Identifier: Apache-2.0
# What comes from files, tokens and the connector.
foreach(part config json audit package)
  pl_fuzz(fuzz_base_${part} SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_base_${part}.c USES platen_base)
endforeach()
foreach(part token order answer url crl)
  pl_fuzz(fuzz_agent_${part}
    SOURCES ${CMAKE_CURRENT_LIST_DIR}/fuzz_agent_${part}.c
    USES platen_agent
    INCLUDE ${PROJECT_SOURCE_DIR}/agent)
endforeach()
